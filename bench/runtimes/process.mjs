// Reads `count task` a line, works, and answers `done`; whoever asks has the clock.
import { createInterface } from 'node:readline';
import { work } from './tasks.mjs';

for await (const line of createInterface(process.stdin)) {
  const space = line.indexOf(' ');
  await work(line.slice(space + 1), Number(line.slice(0, space)));
  process.stdout.write('done\n');
}
