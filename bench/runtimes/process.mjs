// Reads a line `count task`, does the task that many times, and writes `done`. The parent process measures the time.
import { createInterface } from 'node:readline';
import { work } from './tasks.mjs';

for await (const line of createInterface(process.stdin)) {
  const space = line.indexOf(' ');
  await work(line.slice(space + 1), Number(line.slice(0, space)));
  process.stdout.write('done\n');
}
