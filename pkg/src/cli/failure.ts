/** Errors of a command. */

/** Exit codes besides 0, which means success. */
export const EXIT = { failure: 1, usage: 2 } as const;

/** The error of a command, as one sentence for its user, without a secret, a token or the value of an argument. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    message: string,
    readonly exitCode: number = EXIT.failure,
  ) {
    super(message);
  }
}

/** Creates the error for an invalid command line. */
export const usageError = (message: string): Failure => new Failure(message, EXIT.usage);

/** The code of a system error, such as `ENOENT`. Its message is not used, because it may contain a path. */
export const errorCode = (error: unknown): string => {
  const { code, name } = Object(error) as { code?: unknown; name?: unknown };
  return String(code ?? name);
};
