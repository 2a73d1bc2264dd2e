// Processes that do nothing but use a processor, to find tests that depend on a quiet machine.
import { spawn } from 'node:child_process';

/**
 * @param {number} count
 * @returns {() => void} ends them
 */
export function startBusyLoops(count) {
  // Each loop exits when this process does, because its stdin closes.
  const loop =
    "process.stdin.resume().on('end', () => process.exit()); (function spin() { const end = Date.now() + 50; while (Date.now() < end); setImmediate(spin); })()";
  const loops = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', loop], { stdio: ['pipe', 'ignore', 'ignore'] }),
  );
  return () => {
    for (const child of loops) child.kill('SIGKILL');
  };
}
