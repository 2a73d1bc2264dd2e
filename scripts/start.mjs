// `npm start`: makes everything ready, then runs the dev server (scripts/serve.mjs) under Node 24 until Ctrl-C.
//
// node scripts/start.mjs [workerd | node | deno] [folder for the database]
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { dataFolder, node24, root } from './lib/paths.mjs';
import { main } from './lib/problem.mjs';
import { onlyOne } from './serve/only-one.mjs';
import { checkedPort } from './serve/port.mjs';
import { setup } from './setup.mjs';

const PARENT_CHECK_MS = 500;

await main(async () => {
  const [, , platform = 'workerd', folder = dataFolder] = process.argv;
  await onlyOne(folder, platform);
  await checkedPort(process.env, platform);
  await setup();
  const server = spawn(node24(), [join(root, 'scripts', 'serve.mjs'), platform, folder], {
    cwd: root,
    // The channel is never written to: its end tells the server that this process is gone.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // In a process group of its own, with all that it starts.
    detached: true,
  });
  let asked = false;
  const stop = () => {
    asked = true;
    server.kill();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  // Killing npm kills the shell that npm started, which passes no signal on.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(), PARENT_CHECK_MS).unref();
  const code = await new Promise((resolve) => server.once('exit', (code) => resolve(code ?? 1)));
  endGroup(server.pid);
  // To stop when asked is no failure that npm should report.
  process.exitCode = asked ? 0 : code;
});

/** Kills the processes that a killed server has left. @param {number | undefined} leader */
function endGroup(leader) {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing is left, or the system has no process groups.
  }
}
