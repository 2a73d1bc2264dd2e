#!/usr/bin/env node
/** The program `livekit-edge`. It checks Node's version before it loads the rest. */

const OLDEST_NODE = 20;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  console.error(`livekit-edge needs Node ${OLDEST_NODE} or newer`);
  process.exitCode = 1;
} else {
  import('./program.js').then(({ run }) => run(process.argv.slice(2)));
}
