/** One JSON object a line, so that no value can forge a line. */
import type { Context } from 'hono';
import { env } from 'hono/adapter';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

/** Writes a line: a message, and details of which the undefined are left out. */
type Write = (message: string, details?: Record<string, unknown>) => void;

/** A method a level. */
export type Log = Record<Level, Write>;

/** A log that keeps lines from `LOG_LEVEL` up; `info` unless set to another level. Every line names the request. */
export function createLog(lowest: unknown, requestId?: string): Log {
  const from = LEVELS.indexOf(isLevel(lowest) ? lowest : 'info');
  const write =
    (level: Level): Write =>
    (message, details) => {
      if (LEVELS.indexOf(level) >= from) console[level](JSON.stringify({ level, message, requestId, ...details }));
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** The log of a request: its endpoint's, or the runtime's before there is one. */
export const logFor = (context: Context): Log =>
  context.get('endpoint')?.log ??
  createLog(env<Record<string, unknown>>(context)['LOG_LEVEL'], context.get('requestId'));

const isLevel = (value: unknown): value is Level => LEVELS.includes(value as Level);
