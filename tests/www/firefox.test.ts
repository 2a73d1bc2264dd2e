// The playground in Firefox: admitted, refused, signed in, copied, inspected; no error, no other host, no accessibility violation.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { startLivekit } from '../support/livekit.mjs';
import { JWT_SECRET } from '../support/user-token.ts';
import { type FirefoxPage, openInFirefox } from './firefox/page.ts';
import { findFirefox } from './firefox/program.mjs';
import { startPlayground } from './support/playground.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const firefox = await findFirefox();
const server = await livekitServer();
let livekit: Awaited<ReturnType<typeof startLivekit>> | undefined;
let playground: Awaited<ReturnType<typeof startPlayground>>;
let page: FirefoxPage;
before(async () => {
  if (firefox.path === undefined) return;
  if (server.path !== undefined) livekit = await startLivekit();
  playground = await startPlayground(livekit === undefined ? {} : { LIVEKIT_URL: livekit.url });
  page = await openInFirefox(firefox.path, playground.url);
});
after(async () => {
  await page?.stop();
  await playground?.stop();
  await livekit?.stop();
});
const options = { skip: firefox.skip ?? false };

async function ask(user: string) {
  await page.waitFor("document.querySelector('#join-button:enabled')");
  await page.evaluate(
    `(() => { const select = document.querySelector('#user'); select.value = '${user}'; select.dispatchEvent(new Event('change')); })()`,
  );
  await page.press('#join-button');
  await page.waitFor("document.querySelector('#answer-summary .panel')");
  await page.waitFor("document.querySelector('#join-button:enabled')");
  return page.text('#answer-summary');
}

test('admitted, copied, inspected', options, async () => {
  await page.goto();
  assert.match(await ask('user-456'), /^201 Created\s+Alice may join General Voice/);
  assert.match(await page.text('#token [role=timer]'), /^(10:00|09:5\d)$/);
  await page.press('[data-copy=curl]');
  await page.waitFor("document.querySelector('#copy-status').textContent");
  assert.match(await page.text('#copy-status'), /^The curl line is copied/);
  assert.match(await page.text('#copy-text'), /^curl -s -X POST/);
  await page.press('#use-mine');
  await page.type('#secret', 'secre');
  await page.waitFor("/^Invalid signature/.test(document.querySelector('#verdict').textContent)");
  await page.type('#secret', 't');
  await page.waitFor("/^Verified/.test(document.querySelector('#verdict').textContent)");
  assert.deepEqual(page.complaints, []);
});

test('in the room', { skip: firefox.skip ?? server.skip ?? false }, async () => {
  await page.goto();
  await ask('user-456');
  await page.waitFor("document.querySelector('#room-status .good')");
  assert.match(await page.text('#room-status'), /^You are in General Voice/);
  await page.press('[data-send=camera]');
  await page.waitFor("document.querySelector('[data-send=camera][aria-pressed=true]')");
  await page.waitFor("document.querySelector('.tile video')?.currentTime > 0.2");
  await page.press('#leave');
  await page.waitFor("document.querySelector('#controls').hidden");
  assert.deepEqual(page.complaints, []);
});

test('refused, with the reason', options, async () => {
  await page.goto();
  assert.match(await ask('user-banned'), /^401 Unauthorized\s+Mallory is banned/);
  await page.goto();
  assert.match(await ask('user-stranger'), /^403 Forbidden/);
  assert.deepEqual(page.complaints, []);
});

test('signed in with a secret, which is forgotten', options, async () => {
  await page.goto();
  await page.waitFor("document.querySelector('#join-button:enabled')");
  await page.press('[value=secret]');
  await page.type('#user-id', 'user-789');
  await page.type('#jwt-secret', JWT_SECRET);
  await page.press('#sign-in-button');
  await page.waitFor("document.querySelector('#signed-in .signed-in')");
  assert.equal(await page.evaluate("document.querySelector('#jwt-secret').value"), '');
  await page.press('#join-button');
  await page.waitFor("document.querySelector('#answer-summary .panel')");
  assert.match(await page.text('#answer-summary'), /^201 Created\s+user-789 may join General Voice/);
  assert.deepEqual(page.complaints, []);
});

test('no violation that axe finds', options, async () => {
  await page.goto();
  await ask('user-456');
  await page.press('#use-mine');
  await page.waitFor("document.querySelector('#pasted-token .claim')");
  await page.evaluate(`(() => { ${AXE} })()`);
  const found =
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))';
  assert.deepEqual(await page.evaluate(found), []);
});

test('nothing is kept, nothing asked of other hosts', options, async () => {
  const kept = await page.evaluate(
    '[...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie].filter(Boolean)',
  );
  assert.deepEqual(kept, []);
  assert.equal(await page.evaluate('location.href'), `${playground.url}/`);
  assert.ok(page.requests.length > 0);
  assert.deepEqual(
    page.requests.filter((request) => new URL(request).hostname !== '127.0.0.1'),
    [],
  );
});
