// Inspecting a token in the playground in Chromium: decoded, and verified with a secret that never leaves the page.
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
  await says(page, /^Invalid signature/);
  await page.fill('#secret', SECRET);
  assert.equal(await says(page, /^Verified.*its API key is devkey\./s), '');
  assert.deepEqual(requests.slice(before), [], 'nothing is sent anywhere');
  await page.click('#clear');
  await says(page, /^No token yet/);
  assert.equal(await page.inputValue('#secret'), '');
  await mustBeClean();
});

test('the reasons why a LiveKit server refuses a token are listed, signed or not', options, async () => {
  const { page, mustBeClean } = await openPage();
  await page.fill('#pasted', token({ exp: now() - 3600, name: 5, video: { roomJoin: true, canPublishSources: [] } }));
  const found = await says(page, /^Decoded/);
  for (const expected of ['It has expired', 'name must be', 'video.room is required', 'means all sources']) {
    assert.ok(found.includes(expected), `${expected} is missing in:\n${found}`);
  }
  assert.match(await page.locator('#pasted-token .countdown').innerText(), /^This token has expired/);
  await page.fill('#secret', SECRET);
  await says(page, /^Valid signature, but invalid claims/);
  await page.fill('#pasted', token({ video: { roomJoin: true, roomCreate: true } }));
  const broad = await says(page, /^Verified/);
  assert.ok(broad.includes('creates and deletes any room'), broad);
  await mustBeClean();
});

test('a string that is not a token is explained, and markup in a claim stays text', options, async () => {
  const { page, mustBeClean } = await openPage();
  await page.fill('#pasted', 'hello');
  await says(page, /^This is not a token\s*A token has three parts/);
  assert.equal(await page.locator('#pasted-token .claim').count(), 0);
  const hostile = '<img src=x onerror=alert(1)>';
  await page.fill('#pasted', token({ name: hostile, [hostile]: hostile, iss: hostile }));
  await page.fill('#secret', SECRET);
  await says(page, /^Verified/);
  assert.ok((await page.locator('#pasted-token').innerText()).includes(hostile));
  assert.equal(await page.locator('img').count(), 0);
  await mustBeClean();
});

test('an inspection that ends after the input has changed is not shown', options, async () => {
  const { page } = await openPage();
  const shown = await page.evaluateHandle(
    (inputs) => {
      const field = document.querySelector<HTMLTextAreaElement>('#pasted');
      const target = document.querySelector('#pasted-token');
      const texts: string[] = [];
      if (target) new MutationObserver(() => texts.push(target.textContent)).observe(target, { childList: true });
      for (const input of inputs) {
        if (field) field.value = input;
        field?.dispatchEvent(new Event('input'));
      }
      return texts;
    },
    [token({ name: 'First' }), token({ name: 'Second' }), ''],
  );
  await says(page, /^No token yet/);
  // The inspection of this token begins, and so ends, after the others.
  await page.fill('#pasted', token({ name: 'Third' }));
  await page.locator('#pasted-token', { hasText: 'Third' }).waitFor();
  const texts = await shown.jsonValue();
  assert.match(texts.at(-1) ?? '', /Third/);
  assert.doesNotMatch(texts.join(), /First|Second/);
});
