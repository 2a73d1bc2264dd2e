// The lower half of the playground in Chromium: any token, decoded, checked with a secret that never leaves the page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { HS256, jws, now } from '../support/user-token.ts';
import { inChromium } from './support/in-chromium.ts';

const SECRET = 'a secret of more than thirty-two bytes';
const { openPage, options } = await inChromium();

const token = (changes: object = {}) =>
  jws(
    HS256,
    { iss: 'devkey', sub: 'alice', nbf: now(), exp: now() + 600, video: { room: 'r', roomJoin: true }, ...changes },
    SECRET,
  );
const says = async (page: Page, sentence: RegExp) => {
  await page.locator('#verdict', { hasText: sentence }).waitFor();
  return page.locator('#findings').innerText();
};

test('a token is decoded, and verified with the right secret alone', options, async () => {
  const { page, requests, mustBeClean } = await openPage();
  const before = requests.length;
  const pasted = token();
  await page.fill('#pasted', `Bearer ${pasted}\n`);
  assert.equal(await says(page, /^Decoded, not verified/), '');
  assert.ok((await page.locator('#pasted-token .claim').allInnerTexts()).some((row) => /alice/.test(row)));
  await page.fill('#secret', 'another secret');
  await says(page, /^Not signed with this secret/);
  await page.fill('#secret', SECRET);
  assert.equal(await says(page, /^Verified: signed with this secret for the API key devkey\./), '');
  assert.deepEqual(requests.slice(before), [], 'nothing is sent anywhere');
  await page.click('#clear');
  await says(page, /^Paste a token/);
  assert.equal(await page.inputValue('#secret'), '');
  await mustBeClean();
});

test('what a LiveKit server would refuse is listed, signed or not', options, async () => {
  const { page, mustBeClean } = await openPage();
  await page.fill('#pasted', token({ exp: now() - 3600, name: 5, video: { roomJoin: true, canPublishSources: [] } }));
  const found = await says(page, /^Decoded/);
  for (const expected of ['It has expired', 'name must be', 'video.room is required', 'means all sources']) {
    assert.ok(found.includes(expected), `${expected} is missing in:\n${found}`);
  }
  assert.match(await page.locator('#pasted-token .countdown').innerText(), /^Expired/);
  await page.fill('#secret', SECRET);
  await says(page, /^Signed with this secret, and refused/);
  await page.fill('#pasted', token({ video: { roomJoin: true, roomCreate: true } }));
  const broad = await says(page, /^Verified/);
  assert.ok(broad.includes('creates and deletes any room'), broad);
  await mustBeClean();
});

test('what is no token is said in a sentence, and markup in a claim stays text', options, async () => {
  const { page, mustBeClean } = await openPage();
  await page.fill('#pasted', 'hello');
  await says(page, /^A token has three parts/);
  assert.equal(await page.locator('#pasted-token .claim').count(), 0);
  const hostile = '<img src=x onerror=alert(1)>';
  await page.fill('#pasted', token({ name: hostile, [hostile]: hostile, iss: hostile }));
  await page.fill('#secret', SECRET);
  await says(page, /^Verified/);
  assert.ok((await page.locator('#pasted-token').innerText()).includes(hostile));
  assert.equal(await page.locator('img').count(), 0);
  await mustBeClean();
});

test('what is typed last is what is shown', options, async () => {
  const { page } = await openPage();
  await page.evaluate(
    ([first, second]) => {
      const field = document.querySelector<HTMLTextAreaElement>('#pasted');
      for (const text of [first, second, '']) {
        if (field) field.value = text ?? '';
        field?.dispatchEvent(new Event('input'));
      }
    },
    [token(), token({ name: 5 })],
  );
  await page.waitForTimeout(300);
  assert.match(await page.locator('#verdict').innerText(), /^Paste a token/);
  assert.equal(await page.locator('#pasted-token .claim').count(), 0);
});
