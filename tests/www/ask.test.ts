// The upper half of the playground in Chromium: let in, refused, explained, copied.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../scripts/lib/run.mjs';
import { inChromium } from './support/in-chromium.ts';
import { ask } from './support/pages.ts';
import { NO_LIVEKIT } from './support/playground.ts';

const { openPage, options, url } = await inChromium();

test('who may join sees the answer and every claim with its meaning', options, async () => {
  const { page, requests, mustBeClean } = await openPage();
  const summary = await ask(page, 'user-456');
  assert.match(summary, /^201 Created\s+Alice may join General Voice/);
  const body = JSON.parse(await page.locator('#answer-body').innerText());
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
    'nothing is asked but the dev server',
  );
  await mustBeClean();
});

test('without a LiveKit server the page says so, and what to do', options, async () => {
  const { page, mustBeClean } = await openPage();
  await ask(page, 'user-456');
  const status = await page.locator('#room-status').innerText();
  assert.equal(
    status,
    `No LiveKit server answers at ${NO_LIVEKIT}: start one with npm run livekit in another terminal, then press Join again.`,
  );
  await mustBeClean();
});

const refused: [user: string, channel: string, lifetime: string, summary: RegExp][] = [
  ['user-banned', 'channel-abc123', '600', /^401 Unauthorized\s+The user token is genuine, but the account is banned/],
  ['user-stranger', 'channel-abc123', '600', /^403 Forbidden\s+The user is known but may not join this channel/],
  ['user-timeout', 'channel-abc123', '600', /^403 Forbidden/],
  ['user-456', 'channel-private-1', '600', /^403 Forbidden/],
  ['user-456', 'channel-abc123', '604800', /^400 Bad Request\s+The request breaks the rules/],
];
for (const [user, channel, lifetime, expected] of refused) {
  test(`${user} in ${channel} for ${lifetime} s is refused, and told why`, options, async () => {
    const { page, mustBeClean } = await openPage();
    await ask(page, 'user-456');
    assert.match(await ask(page, user, channel, lifetime), expected);
    assert.equal(await page.locator('#token .claim').count(), 0, 'the token of before is gone');
    assert.equal(await page.locator('#room-status').innerText(), 'No token, no room.');
    assert.match(await page.locator('#answer-body').innerText(), /"statusCode": 4\d\d/);
    await mustBeClean();
  });
}

test('what was just done is copied as code that works', options, async () => {
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

test('code is shown to take by hand where the clipboard is not allowed', options, async () => {
  const { page } = await openPage();
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
  });
  await ask(page, 'user-456');
  await page.click('[data-copy=curl]');
  await page.locator('#copy-status:not(:empty)').waitFor();
  assert.match(await page.locator('#copy-status').innerText(), /take the curl line from here/);
  assert.match(await page.locator('#copy-text').innerText(), /^curl -s -X POST http:\/\/127\.0\.0\.1/);
});

test('names are text, whatever they hold', options, async () => {
  const { page, mustBeClean } = await openPage();
  const hostile = '<img src=x onerror=alert(1)>';
  await page.route('**/demo/choices', async (route) => {
    const response = await route.fetch();
    const choices = await response.json();
    for (const item of [...choices.users, ...choices.channels]) item.name = hostile;
    await route.fulfill({ response, json: choices });
  });
  await page.goto(url());
  await page.locator('#join-button:enabled').waitFor();
  assert.ok((await ask(page, 'user-456')).includes(`${hostile} may join ${hostile}`));
  assert.equal(await page.locator('img').count(), 0);
  await mustBeClean();
});

/** Runs code as a module of its own. */
const module = (code: string) => import(`data:text/javascript,${encodeURIComponent(code)}`);
