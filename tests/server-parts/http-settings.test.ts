/** The HTTP settings: their values, and that an invalid one allows nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pickHttpSettings, readHttpSettings } from '../../pkg/dist/server/middleware/http-settings.js';

const DEFAULTS = { corsOrigins: [], perUser: 60, perAddress: 600, addressHeader: undefined, invalid: [] };
const read = (env: object) => readHttpSettings(pickHttpSettings(env));
const origins = (CORS_ORIGINS: unknown) => {
  const { corsOrigins, invalid } = read({ CORS_ORIGINS });
  return { corsOrigins, isMisread: invalid.includes('CORS_ORIGINS') };
};

test('an unset or blank setting has its default, and is not a warning', () => {
  assert.deepEqual(read({}), DEFAULTS);
  const names = ['CORS_ORIGINS', 'RATE_LIMIT_PER_USER', 'RATE_LIMIT_PER_ADDRESS', 'CLIENT_ADDRESS_HEADER'];
  for (const value of ['', ' ', '\t\n', null, undefined]) {
    assert.deepEqual(read(Object.fromEntries(names.map((name) => [name, value]))), DEFAULTS);
  }
});

test('CORS_ORIGINS: origins as browsers send them', () => {
  const web = [
    'https://app.example.com',
    'http://localhost:5173',
    'https://[2001:db8::1]:8443',
    'https://xn--mnchen-3ya.de',
  ];
  const apps = ['capacitor://localhost', 'tauri://localhost', 'chrome-extension://abcdefghijklmnop'];
  for (const origin of [...web, ...apps]) {
    assert.deepEqual(origins(origin), { corsOrigins: [origin], isMisread: false }, origin);
  }
  const all = [...web, ...apps];
  assert.deepEqual(origins(`,${all.join(' , ')},`), { corsOrigins: all, isMisread: false });
  assert.deepEqual(origins(' * '), { corsOrigins: ['*'], isMisread: false });
});

test('CORS_ORIGINS: the first label of a host may be a wildcard, if at least two labels or localhost follow', () => {
  for (const origin of [
    'https://*.example.com',
    'http://*.example.com:8080',
    'https://*.preview.example.co.uk',
    'http://*.localhost',
    'http://*.localhost:5173',
    'https://*.xn--mnchen-3ya.de',
  ]) {
    assert.deepEqual(origins(origin), { corsOrigins: [origin], isMisread: false }, origin);
  }
});

test('CORS_ORIGINS: any other spelling allows nothing, and does not affect the other entries', () => {
  for (const wrong of [
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://App.example.com',
    'HTTPS://app.example.com',
    'https://app.example.com:443',
    'http://app.example.com:80',
    'https://app.example.com.:x',
    'https://münchen.de',
    'https://user@app.example.com',
    'https://app.example.com?x',
    'https://app.example.com#x',
    'https://*',
    'https://*.',
    'https://*.com',
    'https://*.com:8443',
    'https://*.com.',
    'https://*.com.:8443',
    'https://*..com',
    'https://*.localhost.',
    'https://*.localhosts',
    'https://**.example.com',
    'https://*.*.example.com',
    'https://a.*.example.com',
    'https://*a.example.com',
    'https://a*.example.com',
    'https://*example.com',
    'https://*.example.*',
    'https://*.Example.com',
    'https://*.example.com/',
    'https://*.example.com:443',
    'https://*.example.com:*',
    'https://*.0.0.1',
    'https://*.[::1]',
    'https://user@*.example.com',
    '*://a.example.com',
    '*://*.example.com',
    'capacitor://*.example.com',
    'https://*.example.com https://a.example',
    '*.example.com',
    'app.example.com',
    '//app.example.com',
    'https:app.example.com',
    'https:///app.example.com',
    'https://',
    'null',
    'true',
    '* https://app.example.com',
    'https://a.example https://b.example',
    'https://0x7f.1',
    'https://app.example.com\\@evil.example',
    'javascript:alert(1)',
    'data:,x',
    'x'.repeat(100_000),
  ]) {
    assert.deepEqual(origins(wrong), { corsOrigins: [], isMisread: true }, wrong.slice(0, 60));
    const good = 'https://good.example';
    assert.deepEqual(origins(`${wrong}, ${good}`), { corsOrigins: [good], isMisread: true }, wrong.slice(0, 60));
  }
  // Beside other entries it would allow every origin, which the other entries contradict.
  const listed = { corsOrigins: ['https://good.example'], isMisread: true };
  assert.deepEqual(origins('*, https://good.example'), listed);
  for (const value of [{}, [], false]) assert.deepEqual(origins(value).corsOrigins, [], `${value}`);
});

test('the limits are integers; any other value leaves the default', () => {
  for (const [name, member] of [
    ['RATE_LIMIT_PER_USER', 'perUser'],
    ['RATE_LIMIT_PER_ADDRESS', 'perAddress'],
  ] as const) {
    for (const [value, count] of [
      ['0', 0],
      ['1', 1],
      [' 25 ', 25],
      [25, 25],
      ['999999999', 999_999_999],
      ['007', 7],
    ] as const) {
      assert.deepEqual(read({ [name]: value }), { ...DEFAULTS, [member]: count }, `${name} ${value}`);
    }
    for (const value of ['-1', '1.5', '1e3', '0x10', '9999999999', 'off', 'Infinity', '１', '1 000', true, {}]) {
      assert.deepEqual(read({ [name]: value }), { ...DEFAULTS, invalid: [name] }, `${name} ${value}`);
    }
  }
});

test('CLIENT_ADDRESS_HEADER is the name of a header', () => {
  for (const name of ['X-Real-IP', ' cf-connecting-ip ', "x!#$%&'*+.^_`|~9"]) {
    assert.deepEqual(read({ CLIENT_ADDRESS_HEADER: name }), { ...DEFAULTS, addressHeader: name.trim() });
  }
  for (const name of ['X Real IP', 'X-Real-IP:', 'é', 'x\r\ny', '"x"', 'a,b', '()']) {
    assert.deepEqual(read({ CLIENT_ADDRESS_HEADER: name }), { ...DEFAULTS, invalid: ['CLIENT_ADDRESS_HEADER'] }, name);
  }
});
