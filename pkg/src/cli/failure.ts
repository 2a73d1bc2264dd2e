/** Why a command fails. */

/** Exit codes: 0 for success. */
export const EXIT = { failure: 1, usage: 2 } as const;

/** Why a command fails, in one sentence for its user: without a secret, a token or the value of an argument. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    message: string,
    readonly exitCode: number = EXIT.failure,
  ) {
    super(message);
  }
}

/** A failure of the command line itself. */
export const usageError = (message: string): Failure => new Failure(message, EXIT.usage);

/** The stable name of an error of the system, such as `ENOENT`. Its message may contain a path. */
export const codeOf = (error: unknown): string => {
  const { code, name } = Object(error) as { code?: unknown; name?: unknown };
  return String(code ?? name);
};
