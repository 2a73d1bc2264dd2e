/** The OpenAPI document: valid, complete, and true of the responses. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { livekit, type Store } from 'livekit-edge/server';
import { type FakeLivekit, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { record } from './support/recorded.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

interface Operation {
  responses: Record<string, { content: Record<string, { schema: object }> }>;
}

let endpoint: Endpoint;
let fake: FakeLivekit;
let document: { openapi: string; info: { version: string }; paths: Record<string, Record<string, Operation>> } & Record<
  string,
  unknown
>;
before(async () => {
  [endpoint, fake] = await Promise.all([
    startEndpoint({ entry: supportScript('limits-worker.ts') }),
    startFakeLivekit(),
  ]);
  document = JSON.parse((await endpoint.get('/openapi.json', { as: null })).text);
});
after(() => Promise.all([endpoint.stop(), fake.stop()]));

/** Every operation: `get /health`. */
const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => ({
      path,
      method,
      operation: item[method] as Operation,
    })),
  );

test('it is a valid document of OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors, null, 2));
  assert.equal(document.openapi, '3.1.0');
});

test('its version is the package’s', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../pkg/package.json', import.meta.url), 'utf8'));
  assert.equal(document.info.version, version);
});

test('it has every route with every method, and no other', () => {
  const { routes } = livekit({ store: () => ({}) as Store });
  const served = routes
    // OPTIONS is answered by preflights.
    .filter(({ method }) => !['ALL', 'OPTIONS'].includes(method))
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`);
  const described = operations().map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(described.sort(), [...new Set(served)].sort());
  assert.ok(described.length >= 9);
});

test('docs/endpoint.md has every route', () => {
  const page = readFileSync(new URL('../../docs/endpoint.md', import.meta.url), 'utf8');
  const rows = new Set(
    [...page.matchAll(/^\| `(GET|POST|DELETE) (\/[^\s`?]*)\S* /gm)].map(([, method, path]) => `${method} ${path}`),
  );
  const described = operations().map(({ method, path }) => {
    const route = path.replace(/^\/api\/livekit/, '').replace(/\{(\w+)\}/g, ':$1');
    return `${method.toUpperCase()} ${route}`;
  });
  assert.deepEqual([...rows].sort(), [...new Set(described)].filter((route) => !route.startsWith('HEAD ')).sort());
});

test('every reference has a target, and every schema is used', () => {
  const used = new Set<string>();
  JSON.stringify(document, (key, value) => {
    if (key !== '$ref') return value;
    const target = String(value)
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
    assert.equal(typeof target, 'object', value);
    used.add(String(value).split('/').at(-1) ?? '');
    return value;
  });
  const { schemas, securitySchemes } = document['components'] as Record<string, object>;
  assert.deepEqual([...used].sort(), Object.keys(schemas ?? {}).sort());
  JSON.stringify(document, (key, value) => {
    if (key === 'security') for (const name of value.flatMap(Object.keys)) assert.ok(name in (securitySchemes ?? {}));
    return value;
  });
});

test('every documented status was returned, no other was, and each body matches its schema', async () => {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  ajv.addVocabulary(['components']);
  addFormats.default(ajv);
  const validators = new Map<string, ValidateFunction>();
  const types = new Map<string, string>();
  for (const { path, method, operation } of operations()) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      const [[type, { schema }] = ['', { schema: {} }], ...others] = Object.entries(content);
      assert.deepEqual(others, []);
      types.set(`${method} ${path} ${status}`, type);
      validators.set(`${method} ${path} ${status}`, ajv.compile({ components: document['components'], ...schema }));
    }
  }
  const recorded = await record(endpoint, fake);
  const answered = new Set<string>();
  for (const { path, method, answer } of recorded) {
    const exact = `${method} ${path} ${answer.status}`;
    const what = validators.has(exact) ? exact : `${method} ${path} default`;
    const validate = validators.get(what);
    assert.ok(validate, `not described: ${what} ${answer.text}`);
    const type = types.get(what) ?? '';
    const value = type.startsWith('text/') ? answer.text : JSON.parse(answer.text);
    assert.ok(validate(value), `${what} ${answer.text} ${JSON.stringify(validate.errors)}`);
    assert.ok(answer.headers.get('content-type')?.startsWith(type), what);
    if (answer.status === 429) assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/, what);
    answered.add(what);
  }
  assert.deepEqual([...answered].sort(), [...validators.keys()].sort());
});

test('each schema refuses a body of another schema', () => {
  const ajv = new Ajv2020({ allowUnionTypes: true });
  ajv.addVocabulary(['components']);
  addFormats.default(ajv);
  const { schemas = {} } = document['components'] as Record<string, Record<string, object>>;
  for (const name of Object.keys(schemas)) {
    const validate = ajv.compile({ components: document['components'], $ref: `#/components/schemas/${name}` });
    for (const value of [
      null,
      1,
      'x',
      [],
      { statusCode: 299, message: 'x', error: 'x' },
      { success: 0, received: 0 },
    ]) {
      // Its fields are all optional.
      if (['ConnectionInfo', 'EndRoom', 'StartRecording'].includes(name) && String(value) === '[object Object]')
        continue;
      assert.equal(validate(value), false, `${name}: ${JSON.stringify(value)}`);
    }
  }
});
