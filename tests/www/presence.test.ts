// Who is in each channel, before one joins: as others come and go, for whoever may see it, and after the connection was lost.
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

test('every channel is listed, with everyone who comes and without who goes', options, async () => {
  const { page, requests, mustBeClean } = await openPage();
  const [room, other] = ['channel-abc123', 'channel-voice-123'];
  await channel(page, room).locator('.hint', { hasText: 'Nobody is here.' }).waitFor();
  await tell('joined', room, 'first');
  await person(page, room, 'first').waitFor();
  await tell('joined', other, '<b>second</b>');
  await person(page, other, '<b>second</b>').waitFor();
  assert.equal(await person(page, other, '<b>second</b>').innerText(), '<b>second</b>', 'a name is text');
  await tell('left', room, 'first');
  await channel(page, room).locator('.hint', { hasText: 'Nobody is here.' }).waitFor();
  assert.equal(await person(page, other, '<b>second</b>').count(), 1);
  assert.equal(requests.filter((request) => request.endsWith('/demo/presence')).length, 1, 'one connection for all');
  await mustBeClean();
});

test('it is shown as the chosen user may see it', options, async () => {
  const { page, mustBeClean } = await openPage();
  const note = (id: string, text: string) => channel(page, id).locator('.hint', { hasText: text }).waitFor();
  await note('channel-private-1', 'Alice may not see who is here (403).');
  await page.selectOption('#user', 'user-mod');
  await note('channel-private-1', 'Nobody is here.');
  await page.selectOption('#user', 'user-banned');
  await note('channel-private-1', 'Mallory may not see who is here (401).');
  await tell('joined', 'channel-private-1', 'secret-guest');
  await page.selectOption('#user', 'user-mod');
  await person(page, 'channel-private-1', 'secret-guest').waitFor();
  await page.selectOption('#user', 'user-456');
  await note('channel-private-1', 'Alice may not see who is here (403).');
  assert.equal(await page.getByText('secret-guest').count(), 0);
  await mustBeClean();
});

test('after the connection was lost the page connects again, and lacks nothing', options, async () => {
  const { page } = await openPage();
  const room = 'channel-meeting-456';
  await channel(page, room).locator('.hint', { hasText: 'Nobody is here.' }).waitFor();
  await page.context().setOffline(true);
  // What is connected stays so in Chromium: a new attempt is what fails.
  await page.selectOption('#user', 'user-789');
  await page.locator('#presence-status', { hasText: 'The connection is lost' }).waitFor();
  await tell('joined', room, 'meanwhile');
  await page.context().setOffline(false);
  await person(page, room, 'meanwhile').waitFor();
  await page.locator('#presence-status', { hasText: 'As Bob may see it.' }).waitFor();
});
