// The room in two Chromium pages with LiveKit's own server: who is there, who speaks, what the grants let one send.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type LossyForwarder, startLossyForwarder } from '../e2e/support/lossy-forwarder.ts';
import { findChromium } from '../runtime/chromium.mjs';
import { livekitServer, startLivekit } from '../support/livekit.mjs';
import { ask, launch, open } from './support/pages.ts';
import { startPlayground } from './support/playground.ts';

const chromium = await findChromium();
const server = await livekitServer();
const skip = chromium.skip ?? server.skip ?? false;
let livekit: Awaited<ReturnType<typeof startLivekit>>;
let forwarder: LossyForwarder;
let playground: Awaited<ReturnType<typeof startPlayground>>;
let browser: Browser;
before(async () => {
  if (skip || chromium.path === undefined) return;
  forwarder = await startLossyForwarder();
  livekit = await startLivekit({ webhookUrl: forwarder.url });
  playground = await startPlayground({ LIVEKIT_URL: livekit.url });
  forwarder.forwardTo(`${playground.url}/api/livekit/webhook`);
  browser = await launch(chromium.path);
});
after(async () => {
  await browser?.close();
  await livekit?.stop();
  await forwarder?.stop();
  await playground?.stop();
});

/** Opens a page and joins. */
async function join(user: string, channel = 'channel-abc123', url = playground.url) {
  const watched = await open(browser, url);
  await ask(watched.page, user, channel);
  await watched.page.locator('#room-status.good').waitFor();
  return watched;
}

const tile = (page: Page, identity: string) => page.locator(`.tile[data-identity="${identity}"]`);
const button = (page: Page, name: string) => page.locator(`[data-send=${name}]`);

// These run in a page.
const plays = (element: Node | null) => (element as HTMLMediaElement).currentTime > 0.2;
function analyse(element: HTMLMediaElement): AnalyserNode {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(element.srcObject as MediaStream).connect(analyser);
  return analyser;
}
function isLoud(analyser: AnalyserNode): boolean {
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  return samples.some((sample) => Math.abs(sample) > 0.1);
}

test('two pages see and hear each other', { skip }, async () => {
  const alice = await join('user-456');
  assert.match(
    await alice.page.locator('#room-status').innerText(),
    /^You are in the room channel-abc123\. Nobody else/,
  );
  const bob = await join('user-789');
  await alice.page.locator('#room-status', { hasText: 'One other is here.' }).waitFor();
  assert.match(await tile(bob.page, 'user-456').innerText(), /^Alice\s+sends nothing/);

  await button(alice.page, 'camera').click();
  await button(alice.page, 'microphone').click();
  await alice.page.locator('[data-send=microphone][aria-pressed=true]').waitFor();
  await tile(bob.page, 'user-456').locator('.state', { hasText: 'is speaking' }).waitFor();
  const video = tile(bob.page, 'user-456').locator('video');
  await video.waitFor();
  await bob.page.waitForFunction(plays, await video.elementHandle());
  const audio = tile(bob.page, 'user-456').locator('audio');
  await bob.page.waitForFunction(plays, await audio.elementHandle());
  const analyser = await audio.evaluateHandle(analyse as (element: SVGElement | HTMLElement) => AnalyserNode);
  await bob.page.waitForFunction(isLoud, analyser);
  assert.equal(await tile(alice.page, 'user-456').locator('audio').count(), 0, 'no participant hears itself');

  await button(alice.page, 'camera').click();
  await alice.page.locator('[data-send=camera][aria-pressed=false]').waitFor();
  await video.waitFor({ state: 'detached' });

  await alice.page.click('#leave');
  await alice.page.locator('#room-status', { hasText: 'You have left.' }).waitFor();
  assert.ok(await alice.page.locator('#controls').isHidden());
  await tile(bob.page, 'user-456').waitFor({ state: 'detached' });
  await alice.mustBeClean();
  await bob.mustBeClean();
});

test('who has not joined sees others come and go, without reloading', { skip }, async () => {
  const [sees, joins] = [await open(browser, playground.url), await open(browser, playground.url)];
  await sees.page.selectOption('#user', 'user-mod');
  const bob = sees.page.locator('[data-channel="channel-meeting-456"] [data-identity="user-789"]');
  await ask(joins.page, 'user-789', 'channel-meeting-456');
  await joins.page.locator('#room-status.good').waitFor();
  await bob.waitFor();
  assert.equal(await bob.innerText(), 'Bob');
  await joins.page.click('#leave');
  await bob.waitFor({ state: 'detached' });
  await sees.mustBeClean();
  await joins.mustBeClean();
});

test('the same identity twice: the first page says why it is out', { skip }, async () => {
  const first = await join('user-mod', 'channel-voice-123');
  await join('user-mod', 'channel-voice-123');
  await first.page.locator('#room-status', { hasText: 'joined with the same identity' }).waitFor();
});

test('another Join leaves the room of before', { skip }, async () => {
  const { page, mustBeClean } = await join('user-owner', 'channel-meeting-456');
  await ask(page, 'user-banned');
  assert.equal(await page.locator('#room-status').innerText(), 'No token, no room.');
  assert.ok(await page.locator('#participants').isHidden());
  await mustBeClean();
});

test('who may only listen finds every button disabled, with the reason', { skip }, async () => {
  const byRole = await startPlayground({ LIVEKIT_URL: livekit.url, LIVEKIT_GRANTS: 'role' });
  try {
    const { page, mustBeClean } = await join('user-timeout', 'channel-abc123', byRole.url);
    for (const source of ['microphone', 'camera', 'screen_share']) {
      assert.ok(await button(page, source).isDisabled(), source);
      assert.match(await page.locator(`#why-${source}`).innerText(), /The token does not grant canPublish\.$/);
    }
    assert.ok(await page.locator('#leave').isEnabled());
    await mustBeClean();
  } finally {
    await byRole.stop();
  }
});
