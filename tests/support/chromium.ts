/** The Chromium of the pages of a test file. It can connect to this machine only; its fake camera and microphone need no permission. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { voice } from './voice.ts';

const ARGS = [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  // LiveKit's server is reached on this interface only, and nothing else is looked up.
  '--allow-loopback-in-peer-connection',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** The address of a Chromium that all test files of a run share, if there is one (`shared-chromium.ts`). */
export const SHARED_CHROMIUM = 'LIVEKIT_EDGE_TEST_CHROMIUM';

/** Connects to the shared Chromium, in which this file has contexts of its own, or starts one. */
export function startChromium(executablePath: string): Promise<Browser> {
  const shared = process.env[SHARED_CHROMIUM];
  return shared === undefined
    ? withVoice((args) => chromium.launch({ executablePath, args }))
    : chromium.connect(shared);
}

/** Starts a Chromium for other processes. */
export const startSharedChromium = (executablePath: string) =>
  withVoice((args) => chromium.launchServer({ host: '127.0.0.1', executablePath, args }));

/** The microphone hears a voice all the time. */
async function withVoice<Started>(start: (args: string[]) => Promise<Started>): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-voice-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const file = join(folder, 'voice.wav');
  writeFileSync(file, voice());
  return start([...ARGS, `--use-file-for-fake-audio-capture=${file}`]);
}
