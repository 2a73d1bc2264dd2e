/** Rate limits by address: which requests count for one address, and what a client can do about it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertError, assertToken, UNAUTHORIZED } from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { ADDRESS_HEADER, LIMITS_HEADER, toHeader } from '../support/headers.ts';
import { assertTooMany, under } from '../support/limiting.ts';
import { logReader } from '../support/log-reader.ts';

const BODY = { roomId: 'channel-abc123' };

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('limits-worker.ts') });
});
after(() => endpoint.stop());
const { logOf } = logReader(() => endpoint);

test('an unknown address is not limited, which is logged once; headers of the client are ignored', async () => {
  const limits = { [LIMITS_HEADER]: toHeader({ address: { says: 'no' } }) };
  const lines = await logOf({}, async () => {
    for (const address of ['', 'unknown', 'throws']) {
      assertToken(await endpoint.token(BODY, { headers: { ...limits, [ADDRESS_HEADER]: address } }), address);
    }
    assertToken(await endpoint.token(BODY, { headers: { ...limits, 'X-Forwarded-For': '192.0.2.1' } }));
  });
  const warning = 'The address of a client is unknown: its requests are not limited by address';
  assert.equal(lines.filter(({ message }) => message === warning).length, 1);
});

test('spoofed headers change nothing; with CLIENT_ADDRESS_HEADER the last entry of that header counts', async () => {
  const spoofs = ['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'True-Client-IP', 'CF-Connecting-IP'];
  const plain = { address: { lets: 1, name: 'spoofed' } };
  assertToken(await endpoint.token(BODY, under(plain)));
  for (const name of spoofs) {
    assertTooMany(await endpoint.token(BODY, under(plain, { headers: { [name]: '203.0.113.77' } })), '60', name);
  }
  const settings = { CLIENT_ADDRESS_HEADER: 'X-Forwarded-For' };
  const proxied = { address: { lets: 1, name: 'proxied' } };
  let at = 0;
  // Each request has another address of the platform, and another beginning of the list.
  const ask = (list: string) => {
    at += 1;
    const headers = { 'X-Forwarded-For': `203.0.113.${at}, ${list}`, 'X-Real-IP': `203.0.113.${at}` };
    return endpoint.token(BODY, under(proxied, { settings, headers }, `198.51.100.${at}`));
  };
  assertToken(await ask('192.0.2.1'));
  for (const same of ['192.0.2.1', '192.0.2.1:4711', '::ffff:192.0.2.1']) assertTooMany(await ask(same), '60', same);
  assertToken(await ask('2001:db8:0:1::1'));
  assertTooMany(await ask('2001:db8:0:1:ffff::2'));
  assertToken(await ask('2001:db8:0:2::1'));
});

test('a request whose CLIENT_ADDRESS_HEADER is missing or has no address is counted by the address of its connection', async () => {
  const settings = { CLIENT_ADDRESS_HEADER: 'X-Real-IP' };
  const limits = { address: { lets: 1, name: 'around the proxy' } };
  const ask = (connection: string, headers: Record<string, string>) =>
    endpoint.token(BODY, under(limits, { settings, headers }, connection));
  assertToken(await ask('198.51.100.1', {}));
  for (const wrong of [undefined, '', ' ', 'unknown', '192.0.2.1.5', '192.0.2.1,', '_hidden', 'x'.repeat(1000)]) {
    assertTooMany(await ask('198.51.100.1', wrong === undefined ? {} : { 'X-Real-IP': wrong }), '60', wrong);
  }
  assertToken(await ask('198.51.100.2', { 'X-Real-IP': 'unknown' }));
  assertToken(await ask('198.51.100.1', { 'X-Real-IP': '192.0.2.7' }));
  assertTooMany(await ask('198.51.100.3', { 'X-Real-IP': '192.0.2.7' }));
});

test('requests with a wrong operator key are counted by address, so that the key cannot be guessed', async () => {
  const settings = { OPERATOR_KEY: 'an-operator-key-of-more-than-32-bytes' };
  const limits = { address: { lets: 3, name: 'guessing the key' } };
  const guess = (key: string, address?: string) =>
    endpoint.post('/sync', BODY, under(limits, { settings, headers: { Authorization: `Bearer ${key}` } }, address));
  for (let at = 0; at < 3; at++) assertError(await guess(`guess ${at}`), UNAUTHORIZED);
  for (const key of ['guess 4', settings.OPERATOR_KEY]) assertTooMany(await guess(key), '60', key);
  assertError(await guess('guess', '192.0.2.2'), UNAUTHORIZED, 'from another address');
});
