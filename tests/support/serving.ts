/** A program that serves HTTP: started, used, and stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Starts a program, waits for the address that it prints, and stops it when the work is done; returns its exit code. What
 * it printed is in the error if the work fails.
 */
export async function serving(
  [program = '', ...args]: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  printed: RegExp,
  work: (url: string) => Promise<void>,
): Promise<number | null> {
  const lines: string[] = [];
  const child = spawn(program, args, { cwd, env });
  const ended = once(child, 'exit');
  try {
    await work(await addressOf(child, printed, lines));
  } catch (cause) {
    throw new Error(`${program} ${args.join(' ')} printed:\n${lines.join('\n')}`, { cause });
  } finally {
    child.kill('SIGTERM');
  }
  return (await ended)[0];
}

function addressOf(child: ChildProcess, printed: RegExp, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface(stream).on('line', (line) => {
        lines.push(line);
        const url = printed.exec(line)?.[0];
        if (url !== undefined) resolve(url);
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`It ended with ${code} before it served`)));
  });
}
