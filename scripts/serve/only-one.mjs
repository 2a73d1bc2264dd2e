// Allows one dev server for each folder and platform: two would build, and use the database, at once.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Problem } from '../lib/problem.mjs';
import { npmCommand } from './port.mjs';

/**
 * Listens on a socket that is named for the folder until this process ends, however it ends. Rejects if another process does.
 * @param {string} folder
 * @param {string} platform
 */
export async function onlyOne(folder, platform) {
  const key = `${platform} ${resolve(folder)}`;
  const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
  const path = join(process.platform === 'win32' ? String.raw`\\.\pipe` : tmpdir(), `livekit-edge-${name}`);
  const listen = () => once(createServer().listen(path).unref(), 'listening');
  const onError = (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Problem(`'${npmCommand(platform)}' is already running in this folder: stop it first.`);
  };
  await listen().catch(async (error) => {
    const { code } = await new Promise((resolve) => {
      const socket = connect(path, () => resolve(socket.destroy())).once('error', resolve);
    });
    if (code !== 'ECONNREFUSED' && code !== 'ENOENT') onError(error);
    // A process that was killed has left it.
    rmSync(path, { force: true });
    await listen().catch(onError);
  });
  process.once('exit', () => rmSync(path, { force: true }));
}
