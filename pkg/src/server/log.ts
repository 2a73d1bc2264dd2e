/** The log. Each line is one JSON object, so that a value cannot forge a line. */
import type { Context } from 'hono';
import { env } from 'hono/adapter';
import { textSettings } from '../config.js';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

type Details = Record<string, unknown>;

/** Writes a line with a message and details. Details that are a function are computed only if the line is written. */
type Write = (message: string, details?: Details | (() => Details)) => void;

/** One method for each level. */
export type Log = Record<Level, Write>;

/**
 * Creates a log that writes lines of the level `lowest` (`LOG_LEVEL`) and above; the default is `info`. Every line
 * contains the request id.
 */
export function createLog(lowest: unknown, requestId?: string): Log {
  return new Lines(LEVELS.indexOf(isLevel(lowest) ? lowest : 'info'), requestId);
}

/** As {@link createLog}, with the level in an environment. */
export const createLogFrom = (env: object, requestId?: string): Log =>
  createLog(textSettings(env, ['LOG_LEVEL'])['LOG_LEVEL'], requestId);

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

/** Returns the log of a request: the endpoint's log or, before the endpoint is created, a new one. */
export const logFor = (context: Context): Log =>
  context.get('endpoint')?.log ?? createLog(logLevel(env(context)), context.get('requestId'));

/** Returns `LOG_LEVEL`. A Worker that calls the app without bindings has no environment. */
const logLevel = (environment: Record<string, unknown> | undefined): unknown => environment?.['LOG_LEVEL'];

const isLevel = (value: unknown): value is Level => LEVELS.includes(value as Level);
