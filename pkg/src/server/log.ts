/** One JSON object a line, so that no value can forge a line. */
import type { Context } from 'hono';
import { env } from 'hono/adapter';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

type Details = Record<string, unknown>;

/** Writes a line: a message, and details of which the undefined are left out. A function gives those that cost something. */
type Write = (message: string, details?: Details | (() => Details)) => void;

/** A method a level. */
export type Log = Record<Level, Write>;

/** A log that keeps lines from `LOG_LEVEL` up; `info` unless set to another level. Every line names the request. */
export function createLog(lowest: unknown, requestId?: string): Log {
  return new Lines(LEVELS.indexOf(isLevel(lowest) ? lowest : 'info'), requestId);
}

class Lines implements Log {
  readonly #from: number;
  readonly #requestId: string | undefined;

  constructor(from: number, requestId: string | undefined) {
    this.#from = from;
    this.#requestId = requestId;
  }

  debug(...line: Parameters<Write>): void {
    this.#write('debug', ...line);
  }

  info(...line: Parameters<Write>): void {
    this.#write('info', ...line);
  }

  warn(...line: Parameters<Write>): void {
    this.#write('warn', ...line);
  }

  error(...line: Parameters<Write>): void {
    this.#write('error', ...line);
  }

  #write(level: Level, message: string, details?: Details | (() => Details)): void {
    if (LEVELS.indexOf(level) < this.#from) return;
    const more = typeof details === 'function' ? details() : details;
    console[level](JSON.stringify({ level, message, requestId: this.#requestId, ...more }));
  }
}

/** The log of a request: its endpoint's, or the runtime's before there is one. */
export const logFor = (context: Context): Log =>
  context.get('endpoint')?.log ??
  createLog(env<Record<string, unknown>>(context)['LOG_LEVEL'], context.get('requestId'));

const isLevel = (value: unknown): value is Level => LEVELS.includes(value as Level);
