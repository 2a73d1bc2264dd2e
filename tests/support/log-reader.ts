/** The part of a Worker's log that one run wrote. */
import assert from 'node:assert/strict';
import { type Endpoint, type LogLine, logLines } from './endpoint.ts';

/** Settings by name, `null` for unset. */
export type Settings = Record<string, unknown>;

/** Reads the log of an endpoint that runs the settings worker. */
export function logReader(endpoint: () => Endpoint) {
  let marks = 0;

  /** The lines that a run logs, each of a request. A request that is logged for sure marks their end. */
  async function logOf(settings: Settings, run: () => Promise<unknown>): Promise<LogLine[]> {
    const { log, get } = endpoint();
    marks += 1;
    const mark = `mark-${marks}`;
    const isEnd = ({ requestId, message }: LogLine) => requestId === mark && message === 'Request finished';
    const start = log.length;
    await run();
    await get('/mark', { settings: { ...settings, LOG_LEVEL: 'debug' }, headers: { 'X-Request-Id': mark } });
    for (const end = Date.now() + 30_000; !logLines(log.slice(start)).some(isEnd); ) {
      assert.ok(Date.now() < end, 'the mark was not logged');
      await new Promise((wake) => setTimeout(wake, 5));
    }
    const lines = logLines(log.slice(start)).filter(({ requestId }) => requestId !== mark);
    for (const { requestId } of lines) assert.match(`${requestId}`, /^[\w=-]{1,64}$/);
    return lines;
  }

  /** What such lines say, without their details. */
  async function told(settings: Settings, run: () => Promise<unknown>): Promise<string[]> {
    return (await logOf(settings, run)).map(({ level, message }) => `${level}: ${message}`);
  }

  return { logOf, told };
}
