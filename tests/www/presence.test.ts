// Presence in the playground: as participants join and leave, for each user, with many of them, and after a lost connection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { moved, signatureOf } from '../support/webhooks.ts';
import { inChromium } from './support/in-chromium.ts';

const { openPage, options, url } = await inChromium();

const channel = (page: Page, id: string) => page.locator(`[data-channel="${id}"]`);
const person = (page: Page, id: string, identity: string) => channel(page, id).locator(`[data-identity="${identity}"]`);

/** Tells the endpoint what LiveKit would. */
async function tell(change: 'joined' | 'left', room: string, identity: string): Promise<void> {
  const body = moved(change, room, identity);
  const headers = { 'Content-Type': 'application/webhook+json', Authorization: await signatureOf(body) };
  const { status } = await fetch(`${url()}/api/livekit/webhook`, { method: 'POST', headers, body });
  assert.equal(status, 200);
}

test('every channel is listed, with each participant who joins and without those who leave', options, async () => {
  const { page, requests, mustBeClean } = await openPage();
  const [room, other] = ['channel-abc123', 'channel-voice-123'];
  await channel(page, room).locator('.hint', { hasText: 'No participants yet' }).waitFor();
  await tell('joined', room, 'first');
  await person(page, room, 'first').waitFor();
  await tell('joined', other, '<b>second</b>');
  await person(page, other, '<b>second</b>').waitFor();
  assert.equal(await person(page, other, '<b>second</b>').innerText(), '<b>second</b>', 'a name is text');
  await tell('left', room, 'first');
  await channel(page, room).locator('.hint', { hasText: 'No participants yet' }).waitFor();
  assert.equal(await person(page, other, '<b>second</b>').count(), 1);
  assert.equal(requests.filter((request) => request.endsWith('/demo/presence')).length, 1, 'one connection for all');
  await mustBeClean();
});

test('presence is shown as the user who is signed in may see it', options, async () => {
  const { page, mustBeClean } = await openPage();
  const note = (id: string, text: string) => channel(page, id).locator('.hint', { hasText: text }).waitFor();
  await note('channel-private-1', 'Alice may not see this channel (403).');
  await page.selectOption('#user', 'user-mod');
  await note('channel-private-1', 'No participants yet');
  await page.selectOption('#user', 'user-banned');
  await note('channel-private-1', 'Not available (401).');
  await page.locator('#presence-status', { hasText: 'The user token is not accepted' }).waitFor();
  await tell('joined', 'channel-private-1', 'secret-guest');
  await page.selectOption('#user', 'user-mod');
  await person(page, 'channel-private-1', 'secret-guest').waitFor();
  await page.selectOption('#user', 'user-456');
  await note('channel-private-1', 'Alice may not see this channel (403).');
  assert.equal(await page.getByText('secret-guest').count(), 0);
  await mustBeClean();
});

test('of many participants eight are shown, and all on request', options, async () => {
  const { page, mustBeClean } = await openPage({ viewport: { width: 360, height: 740 } });
  await page.selectOption('#user', 'user-mod');
  const room = 'channel-meeting-456';
  const [long, rtl] = ['long-'.repeat(40), 'שרה כהן'];
  const identities = [long, rtl, ...Array.from({ length: 28 }, (_, index) => `guest-${index}`)];
  for (const identity of identities) await tell('joined', room, identity);
  const more = channel(page, room).locator('.more');
  await more.filter({ hasText: 'Show all 30' }).waitFor();
  assert.equal(await channel(page, room).locator('.count').innerText(), '30');
  assert.equal(await channel(page, room).locator('.person').count(), 8);
  await more.click();
  assert.equal(await channel(page, room).locator('.person').count(), 30);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  await more.click();
  assert.equal(await channel(page, room).locator('.person').count(), 8);
  for (const identity of identities) await tell('left', room, identity);
  await channel(page, room).locator('.hint', { hasText: 'No participants yet' }).waitFor();
  assert.ok(await more.isHidden());
  await mustBeClean();
});

test('after a lost connection the page reconnects, with no participant missing', options, async () => {
  const { page } = await openPage();
  const room = 'channel-meeting-456';
  await channel(page, room).locator('.hint', { hasText: 'No participants yet' }).waitFor();
  // Twice: what a page shows of the first time must not hide the second.
  for (const [user, name, identity] of [
    ['user-789', 'Bob', 'meanwhile'],
    ['user-456', 'Alice', 'later'],
  ] as const) {
    await page.context().setOffline(true);
    // What is connected stays so in Chromium: a new attempt is what fails.
    await page.selectOption('#user', user);
    await page.locator('#presence-status', { hasText: 'Reconnecting' }).waitFor();
    await tell('joined', room, identity);
    await page.context().setOffline(false);
    await person(page, room, identity).waitFor();
    await page.locator('#presence-status', { hasText: `Live, as ${name} may see it.` }).waitFor();
  }
});
