/** Client addresses for rate limits: IPv4 by address, IPv6 by /64; any other text is none. */
import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Context } from 'hono';
import { clientNetwork, toNetwork } from '../../pkg/dist/server/middleware/client-address.js';
import { readHttpSettings } from '../../pkg/dist/server/middleware/http-settings.js';

test('IPv4: the address itself, without port, also mapped to IPv6', () => {
  for (const [text, network] of [
    ['192.0.2.1', '192.0.2.1'],
    [' 192.0.2.1\t', '192.0.2.1'],
    ['192.0.2.1:65535', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:c000:0201', '192.0.2.1'],
    ['[::ffff:192.0.2.1]:443', '192.0.2.1'],
  ] as const) {
    assert.equal(toNetwork(text), network, text);
  }
});

test('IPv6: the /64 in every spelling, without port, brackets and zone', () => {
  for (const [text, network] of [
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:ffff:ffff:ffff:ffff', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0000:1:2:3:4', '2001:db8:0:0::/64'],
    ['[2001:db8::1]', '2001:db8:0:0::/64'],
    ['[2001:db8::1]:8443', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['2001:db8:a:b:c:d:1.2.3.4', '2001:db8:a:b::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['::ffff:0:1.2.3.4', '0:0:0:0::/64'],
  ] as const) {
    assert.equal(toNetwork(text), network, text);
  }
});

test('any other text is not an address', () => {
  for (const text of [
    undefined,
    '',
    ' ',
    'unknown',
    '_hidden',
    'localhost',
    'example.com',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.4:',
    '1.2.3.4:x',
    '1.2.3.4, 5.6.7.8',
    '0x7f.0.0.1',
    '2130706433',
    '１.2.3.4',
    '[1.2.3.4]',
    '2001:db8::1::2',
    '2001:db8',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::1',
    '::1.2.3',
    '::1.2.3.256',
    '[::1',
    '::1]',
    '[]',
    '[::1]:x',
    '::1/64',
    '::1]@evil[::2',
    'for=192.0.2.1',
    ':'.repeat(100_000),
    '['.repeat(100_000),
    ' '.repeat(100_000),
    '1'.repeat(100_000),
  ]) {
    assert.equal(toNetwork(text), undefined, text?.slice(0, 40));
  }
});

test('no text takes quadratic time', () => {
  const many = 200_000;
  for (const text of [
    `x${' '.repeat(many)}y`,
    `${' '.repeat(many)}y`,
    `[${' '.repeat(many)}]${' '.repeat(many)}y`,
    '['.repeat(many),
    `${'1.'.repeat(many)}:`,
    `${'1:'.repeat(many)}x`,
    `::%${'%'.repeat(many)}`,
  ]) {
    const start = process.cpuUsage();
    toNetwork(text);
    assert.ok(process.cpuUsage(start).user < 1_000_000, text.slice(0, 5));
  }
});

test('every text that Node accepts as an address has a network, and no other text has one', () => {
  const parts = fc.constantFrom('0', '1', 'ffff', 'db8', ':', '::', '.', '255', '256', '192.0.2.1', '%x', '[', ']');
  const anything = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string(),
    fc.array(parts, { maxLength: 18 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(anything, (text) => {
      const network = toNetwork(text);
      const bare = text.trim().replace(/%.*$/s, '');
      if (isIPv4(text) || isIPv6(text)) assert.match(network ?? '', /^(\d+(\.\d+){3}|[\da-f]+(:[\da-f]+){3}::\/64)$/);
      else if (network !== undefined) {
        const [, address = ''] = /^\[?([^\]]*?)\]?(?::\d+)?$/.exec(bare) ?? [];
        const [, inside = ''] = /^\[([^\]%]*)/.exec(bare) ?? [];
        assert.ok(
          [bare, address, inside].some((one) => isIPv4(one) || isIPv6(one)),
          text,
        );
      }
    }),
    { numRuns: 3000 },
  );
});

test('all addresses of one /64 are one network; addresses of two are two', () => {
  const group = fc.integer({ min: 1, max: 0xffff }).map((value) => value.toString(16));
  const four = fc.tuple(group, group, group, group).map((groups) => groups.join(':'));
  fc.assert(
    fc.property(four, four, four, (network, other, host) => {
      assert.equal(toNetwork(`${network}:${host}`), `${network}::/64`);
      assert.equal(toNetwork(`${network}:${host}`) === toNetwork(`${other}:${host}`), network === other);
    }),
  );
});

const request = (headers: Record<string, string>) => ({
  req: { header: (name: string) => new Headers(headers).get(name) ?? undefined },
});
const network = (header: string | undefined, headers: Record<string, string>, addressOf?: () => string | undefined) =>
  clientNetwork(
    request(headers) as Context,
    readHttpSettings(header === undefined ? {} : { CLIENT_ADDRESS_HEADER: header }),
    addressOf,
  );

test('a header counts only if the setting names it, and then no other header does', () => {
  const forged = { 'X-Forwarded-For': '203.0.113.9', 'X-Real-IP': '203.0.113.9', Forwarded: 'for=203.0.113.9' };
  assert.equal(network(undefined, forged), undefined);
  assert.equal(
    network(undefined, forged, () => '192.0.2.1'),
    '192.0.2.1',
  );
  assert.equal(
    network('X-Client', { ...forged, 'X-Client': '192.0.2.2' }, () => '192.0.2.1'),
    '192.0.2.2',
  );
  assert.equal(
    network('x-real-ip', forged, () => '192.0.2.1'),
    '203.0.113.9',
  );
  // If the proxy did not write its header, no other header is used, but the connection has an address.
  for (const headers of [{}, { 'X-Client': 'unknown' }, { 'X-Client': '' }, { 'X-Client': '192.0.2.2,' }]) {
    assert.equal(network('X-Client', { ...forged, ...headers }), undefined);
    assert.equal(
      network('X-Client', { ...forged, ...headers }, () => '192.0.2.1'),
      '192.0.2.1',
    );
  }
});

test('of a list the last entry counts, which the nearest proxy added', () => {
  for (const [list, expected] of [
    ['203.0.113.9, 192.0.2.1', '192.0.2.1'],
    ['203.0.113.9,192.0.2.1:443 ', '192.0.2.1'],
    ['unknown, 2001:db8::1', '2001:db8:0:0::/64'],
    ['192.0.2.1,', undefined],
    ['192.0.2.1, unknown', undefined],
  ] as const) {
    assert.equal(network('X-Forwarded-For', { 'X-Forwarded-For': list }), expected, list);
  }
});

test('a platform that returns no address, or throws, is not an address', () => {
  assert.equal(
    network(undefined, {}, () => undefined),
    undefined,
  );
  assert.equal(
    network(undefined, {}, () => {
      throw new Error('no connection');
    }),
    undefined,
  );
});
