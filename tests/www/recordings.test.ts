// Recordings in the playground: started, listed and stopped by those who may; and why not, without a configuration or an egress service.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EgressStatus, FileInfo } from '@livekit/protocol';
import type { Browser } from 'playwright-core';
import { findChromium } from '../runtime/chromium.mjs';
import { startChromium } from '../support/chromium.ts';
import { type EgressServer, egressEvent, startEgressServer, twirpError } from '../support/egress-server.ts';
import { signatureOf } from '../support/webhooks.ts';
import { open } from './support/pages.ts';
import { startPlayground } from './support/playground.ts';

const { path, skip } = await findChromium();
const options = { skip: skip ?? false };
let browser: Browser;
let egress: EgressServer;
let playground: Awaited<ReturnType<typeof startPlayground>>;
before(async () => {
  if (path === undefined) return;
  egress = await startEgressServer();
  playground = await startPlayground({ LIVEKIT_URL: egress.url, RECORDING_FILEPATH: 'recordings/{room_name}/{time}' });
  browser = await startChromium(path);
});
after(async () => {
  await browser?.close();
  await playground?.stop();
  await egress?.stop();
});

async function tell(body: string): Promise<void> {
  const headers = { 'Content-Type': 'application/webhook+json', Authorization: await signatureOf(body) };
  const { status } = await fetch(`${playground.url}/api/livekit/webhook`, { method: 'POST', headers, body });
  assert.equal(status, 200);
}

test('a moderator starts a recording, sees its state change, stops it and finds its files', options, async () => {
  const { page, mustBeClean } = await open(browser, playground.url);
  await page.selectOption('#user', 'user-mod');
  await page.click('#list-recordings');
  await page.locator('#recording-result', { hasText: 'No recordings yet' }).waitFor();
  await page.check('#audio-only');
  await page.click('#start-recording');
  await page.locator('#recording-result .good', { hasText: 'The recording has been started' }).waitFor();
  const first = page.locator('.recording').first();
  await first.locator('.chip', { hasText: 'starting' }).waitFor();
  const start = egress.calls.find(({ method }) => method === 'StartRoomCompositeEgress');
  assert.match(JSON.stringify(start), /"audio_?only":true/i);
  const [id = ''] = [...egress.egresses.keys()];
  await tell(egressEvent('egress_updated', egress.advance(id, EgressStatus.EGRESS_ACTIVE)));
  await first.locator('.chip', { hasText: 'active' }).waitFor();

  await page.click('#start-recording');
  await page.locator('#recording-result .info', { hasText: 'A recording is running already' }).waitFor();
  await first.locator('button', { hasText: 'Stop' }).click();
  await page.locator('#recording-result .good', { hasText: 'The recording has been stopped' }).waitFor();
  const fileResults = [new FileInfo({ filename: 'recordings/a.mp4', size: 2_500_000n, duration: 5_000_000_000n })];
  await tell(egressEvent('egress_ended', egress.advance(id, EgressStatus.EGRESS_COMPLETE, { fileResults })));
  await first.locator('.chip', { hasText: 'complete' }).waitFor();
  assert.match(await first.innerText(), /by user-mod\s.*recordings\/a\.mp4 2\.5 MB, 5 s/s);
  assert.equal(await first.locator('button').count(), 0, 'a recording that is over cannot be stopped');
  await mustBeClean();
});

test('the recordings of one user are not shown to another, who is told what it takes', options, async () => {
  const { page, mustBeClean } = await open(browser, playground.url);
  await page.selectOption('#user', 'user-mod');
  await page.click('#list-recordings');
  await page.locator('.recording').first().waitFor();
  await page.selectOption('#user', 'user-456');
  assert.equal(await page.locator('.recording').count(), 0);
  for (const button of ['#list-recordings', '#start-recording']) {
    await page.click(button);
    const panel = page.locator('#recording-result .error', {
      hasText: button === '#start-recording' ? 'record General' : 'list',
    });
    await panel.waitFor();
    assert.match(await panel.innerText(), /^403 Forbidden\s+Alice may not .*RECORD_CHANNEL/s);
  }
  await mustBeClean();
});

test('a LiveKit server without an egress service is named as the reason', options, async () => {
  const { page, mustBeClean } = await open(browser, playground.url);
  egress.behaviours.set('StartRoomCompositeEgress', (response) =>
    twirpError(response, 503, 'unavailable', 'no response from servers'),
  );
  try {
    await page.selectOption('#user', 'user-mod');
    await page.selectOption('#channel', 'channel-voice-123');
    await page.click('#start-recording');
    const panel = page.locator('#recording-result .info');
    await panel.waitFor();
    assert.match(
      await panel.innerText(),
      /^503 Service Unavailable\s+The LiveKit server has no egress service\s.*LiveKit has no egress service connected\s/s,
    );
    await mustBeClean();
  } finally {
    egress.behaviours.clear();
  }
});

test('an endpoint without a configuration for recordings names the settings', options, async () => {
  const plain = await startPlayground();
  try {
    const { page, mustBeClean } = await open(browser, plain.url);
    await page.selectOption('#user', 'user-mod');
    await page.click('#start-recording');
    const panel = page.locator('#recording-result .info');
    await panel.waitFor();
    assert.match(await panel.innerText(), /^503 .*Recording is not configured\s.*RECORDING_FILEPATH/s);
    await mustBeClean();
  } finally {
    await plain.stop();
  }
});
