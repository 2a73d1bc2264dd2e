/** The part of a Worker's log that one run wrote. */
import assert from 'node:assert/strict';
import { type Endpoint, type LogLine, logLines } from './endpoint.ts';

/** Settings by name, `null` for unset. */
export type Settings = Record<string, unknown>;

/** The last line about a request, at `debug`. */
export const FINISHED = 'Request finished';

let marks = 0;

/** Reads the log of an endpoint that runs the settings worker. */
export function logReader(endpoint: () => Endpoint) {
  /** The lines that a run logs, but those that every request ends with. Those of one more, known by its id, mark their end. */
  async function logOf(settings: Settings, run: () => Promise<unknown>): Promise<LogLine[]> {
    const { log, get } = endpoint();
    marks += 1;
    const id = `mark-${marks}`;
    const isMark = ({ requestId }: LogLine) => requestId === id;
    const isEnd = (line: LogLine) => isMark(line) && line.message === FINISHED;
    const start = log.length;
    await run();
    await get('/mark', { settings: { ...settings, LOG_LEVEL: 'debug' }, headers: { 'X-Request-Id': id } });
    for (const end = Date.now() + 5000; !logLines(log.slice(start)).some(isEnd); ) {
      assert.ok(Date.now() < end, 'the mark was not logged');
      await new Promise((wake) => setTimeout(wake, 5));
    }
    return logLines(log.slice(start)).filter((line) => !isMark(line) && line.message !== FINISHED);
  }

  /** What such lines say, without their details. */
  async function told(settings: Settings, run: () => Promise<unknown>): Promise<string[]> {
    return (await logOf(settings, run)).map(({ level, message }) => `${level}: ${message}`);
  }

  return { logOf, told };
}
