// Sees that a folder has one dev server of a platform at a time: two would build, and use the database, at once.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Problem } from '../lib/problem.mjs';
import { commandOf } from './port.mjs';

/**
 * Listens on a socket that is named for the folder until this process ends, however it ends. Rejects if another process does.
 * @param {string} folder
 * @param {string} platform
 */
export async function onlyOne(folder, platform) {
  const name = createHash('sha256')
    .update(`${platform} ${resolve(folder)}`)
    .digest('hex')
    .slice(0, 16);
  const path = join(process.platform === 'win32' ? String.raw`\\.\pipe` : tmpdir(), `livekit-edge-${name}`);
  const isRunning = await new Promise((resolve) => {
    const socket = connect(path, () => resolve(socket.destroy())).once('error', () => resolve(false));
  });
  if (isRunning) throw new Problem(`'${commandOf(platform)}' is already running in this folder: stop it first.`);
  const remove = () => rmSync(path, { force: true });
  // A process that was killed has left it.
  remove();
  await once(createServer().listen(path).unref(), 'listening');
  process.once('exit', remove);
}
