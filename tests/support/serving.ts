/** A program that serves HTTP: started, used, and stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that has printed where it listens, or that it does. */
export interface Started {
  /** The part of a line that was waited for. */
  readonly printed: string;
  /** All lines up to now. */
  readonly lines: readonly string[];
  /** Ends the program; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts a program. Resolves once a line of it matches, and rejects with its lines if it ends before that. */
export async function start(
  [program = '', ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  wanted: RegExp,
): Promise<Started> {
  const lines: string[] = [];
  const child = spawn(program, args, { cwd, env });
  const ended = once(child, 'exit') as Promise<[code: number | null]>;
  const printed = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        lines.push(line);
        const [found] = wanted.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      });
    }
  });
  const early = ended.then(([code]) => {
    throw new Error(`${program} ${args.join(' ')} ended with ${code} and printed:\n${lines.join('\n')}`);
  });
  const stop = async () => {
    child.kill('SIGTERM');
    return (await ended)[0];
  };
  return { printed: await Promise.race([printed, early]), lines, stop };
}

/**
 * Starts a program, waits for the address that it prints, and stops it when the work is done; returns its exit code. What
 * it printed is in the error if the work fails.
 */
export async function serving(
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  address: RegExp,
  work: (url: string) => Promise<void>,
): Promise<number | null> {
  const { printed, lines, stop } = await start(command, cwd, env, address);
  let code: number | null = null;
  try {
    await work(printed);
  } catch (cause) {
    throw new Error(`${command.join(' ')} printed:\n${lines.join('\n')}`, { cause });
  } finally {
    code = await stop();
  }
  return code;
}
