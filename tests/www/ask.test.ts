// A token in the playground in Chromium: issued or refused, explained, copied.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../scripts/lib/run.mjs';
import { inChromium } from './support/in-chromium.ts';
import { ask, pressJoin } from './support/pages.ts';
import { NO_LIVEKIT } from './support/playground.ts';

const { openPage, options, url } = await inChromium();

test('a caller who may join sees the response and every claim with its meaning', options, async () => {
  const { page, requests, mustBeClean } = await openPage();
  const summary = await ask(page, 'user-456');
  assert.match(summary, /^201 Created\s+Alice may join General Voice/);
  const body = JSON.parse((await page.locator('#answer-body').textContent()) ?? '');
  assert.equal(body.roomId, 'channel-abc123');
  assert.equal((await page.locator('#token .jwt').innerText()).trim(), body.token);
  const rows = await page.locator('#token .claim').allInnerTexts();
  const claims = rows.map((row) => row.split(/\s*\n\s*/));
  const named = Object.fromEntries(claims.map(([name, ...rest]) => [name, rest]));
  assert.deepEqual(named['video.room'], ['channel-abc123', 'The room that the grants are for.']);
  assert.deepEqual(named['sub']?.[0], 'user-456');
  assert.deepEqual(named['name']?.[0], 'Alice');
  for (const [name, value, meaning] of claims) assert.ok(name && value && meaning, `${name} has no meaning`);
  assert.match(await page.locator('#token [role=timer]').innerText(), /^(10:00|09:5\d)$/);
  await page.waitForFunction(
    (before) => document.querySelector('#token [role=timer]')?.textContent !== before,
    await page.locator('#token [role=timer]').innerText(),
  );
  assert.ok(
    requests.every((request) => request.startsWith(url())),
    'every request is to the dev server',
  );
  await mustBeClean();
});

test('without a LiveKit server the page says so, and what to do', options, async () => {
  const { page, mustBeClean } = await openPage();
  await ask(page, 'user-456');
  const status = await page.locator('#room-status').innerText();
  assert.match(status, /^No LiveKit server responds\s/);
  assert.ok(status.includes(`no server at ${NO_LIVEKIT}.`), status);
  assert.ok(status.includes('npm run livekit in another terminal'), status);
  const answered = page.waitForResponse((response) => response.url().endsWith('/api/livekit/token'));
  await page.click('#room-status button');
  assert.equal((await answered).status(), 201, 'Join again asks for a token');
  await page.locator('#room-status button:enabled').waitFor();
  await page.check('[value=token]', { force: true });
  await page.locator('#room-status button:disabled', { hasText: 'Join again' }).waitFor();
  await page.check('[value=demo]', { force: true });
  await page.locator('#room-status button:enabled').waitFor();
  await mustBeClean();
});

const refused: [user: string, channel: string, ttl: string, summary: RegExp][] = [
  ['user-banned', 'channel-abc123', '600', /^401 Unauthorized\s+Mallory is banned\s.*Account has been banned\s/s],
  [
    'user-stranger',
    'channel-abc123',
    '600',
    /^403 Forbidden\s+Trudy may not join General Voice\s.*JOIN_CHANNEL.*Forbidden resource\s/s,
  ],
  ['user-timeout', 'channel-abc123', '600', /^403 Forbidden\s+Tom may not join General Voice/],
  ['user-456', 'channel-private-1', '600', /^403 Forbidden\s+Alice may not join Staff/],
  ['user-456', 'channel-abc123', '604800', /^400 Bad Request\s+The request is invalid\s.*ttl /s],
];
for (const [user, channel, ttl, expected] of refused) {
  test(`${user} in ${channel} for ${ttl} s is refused, with the reason and a next step`, options, async () => {
    const { page, mustBeClean } = await openPage();
    await ask(page, 'user-456');
    assert.match(await ask(page, user, channel, ttl), expected);
    assert.match(await page.locator('#answer-summary .next').innerText(), /\w/);
    assert.equal(await page.locator('#token .claim').count(), 0, 'the previous token is gone');
    assert.ok(await page.locator('#use-mine').isDisabled(), 'and not offered for inspection');
    assert.match(await page.locator('#room-status').innerText(), /^Not in a room\s/);
    assert.ok(await page.locator('#answer-body').isHidden(), 'JSON is not the answer');
    await page.click('#answer-details summary');
    assert.match(await page.locator('#answer-body').innerText(), /"statusCode": 4\d\d/);
    await mustBeClean();
  });
}

test('the last request is copied as code that works', options, async () => {
  const { page, mustBeClean } = await openPage({
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await ask(page, 'user-mod', 'channel-private-1', '60');
  const copy = async (name: string) => {
    await page.click(`[data-copy=${name}]`);
    await page.locator('#copy-status:not(:empty)').waitFor();
    assert.match(await page.locator('#copy-status').innerText(), /is copied/);
    return page.evaluate(() => navigator.clipboard.readText());
  };

  const curl = await copy('curl');
  const answer = JSON.parse((await run('sh', ['-c', curl])).stdout);
  assert.equal(answer.roomId, 'channel-private-1');

  const call = await copy('fetch');
  const { token } = await module(`${call}\nexport { token };`);
  assert.equal(token.split('.').length, 3);

  const source = await copy('tokenSource');
  const asked = source.replace(/^await new Room.*$/m, 'export { serverUrl, participantToken };');
  const given = await module(asked.replace("'livekit-client'", `'${import.meta.resolve('livekit-client')}'`));
  assert.equal(given.serverUrl, NO_LIVEKIT);
  assert.equal(JSON.parse(atob(given.participantToken.split('.')[1])).video.room, 'channel-private-1');
  await mustBeClean();
});

test('code is shown to select where the clipboard is not allowed', options, async () => {
  const { page } = await openPage();
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
  });
  await ask(page, 'user-456');
  await page.click('[data-copy=curl]');
  await page.locator('#copy-status:not(:empty)').waitFor();
  assert.match(await page.locator('#copy-status').innerText(), /select the curl line below/);
  assert.match(await page.locator('#copy-text').innerText(), /^curl -s -X POST http:\/\/127\.0\.0\.1/);
});

test('a name with markup stays text', options, async () => {
  const { page, mustBeClean } = await openPage();
  const hostile = '<img src=x onerror=alert(1)>';
  await page.route('**/demo/choices', async (route) => {
    const response = await route.fetch();
    const choices = await response.json();
    for (const item of [...choices.users, ...choices.channels, ...choices.groups]) item.name = hostile;
    await route.fulfill({ response, json: choices });
  });
  await page.goto(url());
  await page.locator('#join-button:enabled').waitFor();
  assert.ok((await ask(page, 'user-456')).includes(`${hostile} may join ${hostile}`));
  assert.equal(await page.locator('img').count(), 0);
  await mustBeClean();
});

test('members of a group of direct messages get a token for it, and others do not', options, async () => {
  const { page, mustBeClean } = await openPage({ permissions: ['clipboard-read', 'clipboard-write'] });
  const summary = await ask(page, 'user-456', 'dm-group-1');
  assert.match(summary, /^201 Created\s+Alice may join the direct messages of Alice and Bob/);
  const body = JSON.parse((await page.locator('#answer-body').textContent()) ?? '');
  assert.equal(body.roomId, 'dm-group-1');
  assert.ok(await page.locator('#manage').isHidden(), 'direct messages have no moderation');
  assert.ok(await page.locator('[data-copy=tokenSource]').isHidden());
  await page.click('[data-copy=curl]');
  await page.locator('#copy-status', { hasText: 'is copied' }).waitFor();
  const curl = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(curl, /\/dm-token /);
  assert.equal(JSON.parse((await run('sh', ['-c', curl])).stdout).roomId, 'dm-group-1');
  const refusal = await ask(page, 'user-mod', 'dm-group-1');
  assert.match(refusal, /^403 Forbidden\s+Carol may not join the direct messages/);
  await page.click('#answer-summary summary');
  assert.match(await page.locator('#answer-summary .causes').innerText(), /Carol is not a member of the group/);
  await mustBeClean();
});

test('on a small screen Join scrolls to the response, also without motion', options, async () => {
  for (const reducedMotion of ['reduce', 'no-preference'] as const) {
    const { page } = await openPage({ viewport: { width: 360, height: 500 }, reducedMotion });
    await ask(page, 'user-456');
    await page.waitForFunction(() => {
      const box = document.querySelector('#answer-summary')?.getBoundingClientRect();
      return box !== undefined && box.top >= 0 && box.bottom <= innerHeight;
    });
  }
});

test('any other room is asked for by its ID', options, async () => {
  const { page, mustBeClean } = await openPage();
  await page.selectOption('#channel', ':channel');
  await page.click('#join-button');
  assert.ok(await page.locator('#room-id:invalid').isVisible(), 'an ID is required');
  await page.fill('#room-id', 'channel-voice-123');
  assert.match(await pressJoin(page), /^201 Created\s+Alice may join channel-voice-123/);
  await page.fill('#room-id', 'channel-voice-123 ');
  assert.match(await pressJoin(page), /^400 Bad Request\s.*white space at the ends.*roomId must not contain control/s);
  await page.selectOption('#channel', ':group');
  await page.fill('#room-id', 'no-such-group');
  assert.match(await pressJoin(page), /^403 Forbidden\s+Alice may not join the direct messages of no-such-group/);
  await mustBeClean();
});

/** Runs code as a module of its own. */
const module = (code: string) => import(`data:text/javascript,${encodeURIComponent(code)}`);
