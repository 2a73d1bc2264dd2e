// Runs a program until it ends or the parent of this process has ended, for whatever reason: a server must not outlive its tests.
//
// node scripts/livekit/keep.mjs program [argument ...]
import { spawn } from 'node:child_process';

const [program = '', ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
// LiveKit's server would wait for its participants to leave, and it has nothing to save.
const stop = () => child.kill('SIGKILL');
process.on('disconnect', stop).on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
child.once('spawn', () => process.send?.(child.pid));
child.once('error', () => process.exit(127));
child.once('exit', (code) => process.exit(code ?? 1));
