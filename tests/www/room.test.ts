// The room in two Chromium pages with LiveKit's own server: participants, speakers, screens, moderation, and what the grants allow.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { type LossyForwarder, startLossyForwarder } from '../e2e/support/lossy-forwarder.ts';
import { findChromium } from '../runtime/chromium.mjs';
import { startLivekit } from '../support/livekit.mjs';
import { mustBeAccessible, mustFit } from './support/looks.ts';
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
// A page that stays in its room costs the next test its time.
afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close();
});
after(async () => {
  await browser?.close();
  await livekit?.stop();
  await forwarder?.stop();
  await playground?.stop();
});

/** Opens a page and joins. */
async function join(user: string, channel = 'channel-abc123', url = playground.url, options?: BrowserContextOptions) {
  const watched = await open(browser, url, options);
  await ask(watched.page, user, channel);
  await watched.page.locator('#room-status .good').waitFor();
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
    /^You are in General Voice\s+No other participants yet/,
  );
  const bob = await join('user-789');
  await alice.page.locator('#room-status', { hasText: 'One other participant.' }).waitFor();
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
  await alice.page.locator('#room-status', { hasText: 'You have left the room' }).waitFor();
  assert.ok(await alice.page.locator('#controls').isHidden());
  await tile(bob.page, 'user-456').waitFor({ state: 'detached' });
  await alice.mustBeClean();
  await bob.mustBeClean();
});

test('a page that has not joined shows participants join and leave, without reloading', { skip }, async () => {
  const [sees, joins] = [await open(browser, playground.url), await open(browser, playground.url)];
  await sees.page.selectOption('#user', 'user-mod');
  const bob = sees.page.locator('[data-channel="channel-meeting-456"] [data-identity="user-789"]');
  await ask(joins.page, 'user-789', 'channel-meeting-456');
  await joins.page.locator('#room-status .good').waitFor();
  await bob.waitFor();
  assert.equal(await bob.innerText(), 'Bob');
  await joins.page.click('#leave');
  await bob.waitFor({ state: 'detached' });
  await sees.mustBeClean();
  await joins.mustBeClean();
});

test('the same identity twice: the first page says why it was disconnected', { skip }, async () => {
  const first = await join('user-mod', 'channel-voice-123');
  await join('user-mod', 'channel-voice-123');
  await first.page.locator('#room-status', { hasText: 'Another client joined with the same identity' }).waitFor();
});

test('another Join leaves the previous room', { skip }, async () => {
  const { page, mustBeClean } = await join('user-owner', 'channel-meeting-456');
  await ask(page, 'user-banned');
  assert.match(await page.locator('#room-status').innerText(), /^Not in a room\s/);
  assert.ok(await page.locator('#participants').isHidden());
  await mustBeClean();
});

test('a participant who may only listen finds every button disabled, with the reason', { skip }, async () => {
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

test('a shared screen is a tile of its own, for every participant', { skip }, async () => {
  const shares = await join('user-456', 'channel-voice-123');
  const sees = await join('user-789', 'channel-voice-123');
  await button(shares.page, 'screen_share').click();
  const video = sees.page.locator('.tile[data-screen="user-456"] video');
  await video.waitFor();
  await sees.page.waitForFunction(plays, await video.elementHandle());
  assert.match(await tile(sees.page, 'user-456').innerText(), /sends screen/);
  assert.equal(await tile(sees.page, 'user-456').locator('video').count(), 0, 'the camera is another tile');
  assert.equal(await shares.page.locator('.tile[data-screen="user-456"]').count(), 1);
  await button(shares.page, 'screen_share').click();
  await video.waitFor({ state: 'detached' });
  assert.equal(await shares.page.locator('.tile.shared').count(), 0);
  await shares.mustBeClean();
  await sees.mustBeClean();
});

test('a member of a group of direct messages meets the other one there, without moderation', { skip }, async () => {
  const alice = await join('user-456', 'dm-group-1');
  const bob = await join('user-789', 'dm-group-1');
  await tile(bob.page, 'user-456').waitFor();
  assert.equal(await bob.page.locator('.menu').count(), 0);
  await alice.mustBeClean();
  await bob.mustBeClean();
});

test('a moderator mutes and kicks a participant, who is told so and may not join again', { skip }, async () => {
  const carol = await join('user-mod', 'channel-meeting-456');
  const bob = await join('user-789', 'channel-meeting-456');
  await button(bob.page, 'microphone').click();
  await tile(carol.page, 'user-789')
    .locator('.state', { hasText: /microphone|speaking/ })
    .waitFor();
  const moderate = async (name: string) => tile(carol.page, 'user-789').locator(`[data-moderate=${name}]`).click();
  await tile(carol.page, 'user-789').locator('summary').click();
  await moderate('mute');
  await carol.page.locator('#moderation-result .good', { hasText: 'user-789 is muted' }).waitFor();
  await bob.page.locator('[data-send=microphone][aria-pressed=false]').waitFor();
  await moderate('kick');
  await carol.page.locator('#moderation-result .good', { hasText: 'user-789 was kicked' }).waitFor();
  await bob.page.locator('#room-status .bad', { hasText: 'You were removed from the room' }).waitFor();
  const answered = bob.page.waitForResponse((response) => response.url().endsWith('/api/livekit/token'));
  await bob.page.click('#room-status button');
  assert.equal((await answered).status(), 403);
  await bob.page.locator('#answer-summary .bad').waitFor();
  await bob.page.click('#answer-summary summary');
  assert.match(await bob.page.locator('#answer-summary .causes').innerText(), /Bob was kicked/);
  await tile(carol.page, 'user-789').waitFor({ state: 'detached' });
  await carol.mustBeClean();
});

test('a caller who may not moderate is told which permission it takes', { skip }, async () => {
  const alice = await join('user-456', 'channel-abc123');
  const owner = await join('user-owner', 'channel-abc123');
  await tile(alice.page, 'user-owner').locator('summary').click();
  await tile(alice.page, 'user-owner').locator('[data-moderate=kick]').click();
  const result = alice.page.locator('#moderation-result .bad');
  await result.waitFor();
  assert.match(await result.innerText(), /^403 Forbidden\s+Alice may not kick user-owner\s.*KICK_USER/s);
  assert.ok(await owner.page.locator('#leave').isVisible(), 'the owner stays');
  await alice.mustBeClean();
  await owner.mustBeClean();
});

test('a room that is ended disconnects its participants, who may join again', { skip }, async () => {
  const carol = await join('user-mod', 'channel-private-1');
  await carol.page.click('[data-manage=end]');
  await carol.page.locator('#room-status .careful', { hasText: 'The room was ended for everyone' }).waitFor();
  await carol.page.locator('#access-result .good').waitFor();
  await carol.page.click('#room-status button');
  await carol.page.locator('#room-status .good').waitFor();
});

test('a participant whose LiveKit server is gone sees it, and can leave and join again', { skip }, async () => {
  const own = await startLivekit();
  const other = await startPlayground({ LIVEKIT_URL: own.url });
  try {
    const { page } = await join('user-456', 'channel-abc123', other.url);
    await own.stop();
    await page
      .locator('#room-status .careful', { hasText: /Reconnecting|LiveKit's server was stopped|is lost/ })
      .waitFor();
    const again = page.locator('#room-status button', { hasText: 'Join again' });
    const gone = page.locator('#room-status .careful', { hasText: 'No LiveKit server responds' });
    // LiveKit's client tries for a minute, and may give up at any moment.
    await page.locator('#leave:visible').or(again).first().click();
    await again.or(gone).first().waitFor();
    if (!(await gone.isVisible())) await again.click();
    await gone.waitFor();
  } finally {
    await own.stop();
    await other.stop();
  }
});

test('a room with participants and a shared screen fits, without a violation that axe finds, light and dark', {
  skip,
}, async () => {
  const viewport = { width: 360, height: 740 };
  const { page, mustBeClean } = await join('user-owner', 'channel-voice-123', playground.url, { viewport });
  await join('user-789', 'channel-voice-123');
  await tile(page, 'user-789').locator('summary').click();
  await button(page, 'screen_share').click();
  await page.locator('.tile.shared video').waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await mustBeAccessible(page, colorScheme);
  }
  await mustFit(page);
  await mustBeClean();
});
