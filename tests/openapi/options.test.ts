/** The document follows the options of its endpoint, and the responses follow the document. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { HTTPException } from 'hono/http-exception';
import { type LivekitOptions, livekit, type Store } from 'livekit-edge/server';
import { demoSettings } from '../../scripts/demo-data.mjs';

const store = {} as Store;
/** A store that is opened for each request, with or without kicks and locks. */
const opened = () => store;
const authenticate = () => ({ userId: 'alice' });
const authorize: LivekitOptions['authorize'] = ({ userId }, { room, identity, roomConfig }) => {
  if (room === 'refused') throw new HTTPException(451, { message: 'Not here' });
  return { room, identity: identity ?? userId, grants: {}, ...(roomConfig === undefined ? {} : { roomConfig }) };
};
const chooseServer = () => undefined;
const fail = () => Promise.reject(new Error('not asked'));

const appOf = (options: LivekitOptions) => livekit({ settings: () => demoSettings, ...options });
// biome-ignore lint/suspicious/noExplicitAny: JSON
const documentOf = async (options: LivekitOptions): Promise<any> =>
  (await appOf(options).request('/openapi.json')).json();

const COMBINATIONS: LivekitOptions[] = [{ store }, { store: opened }, { authorize }, { store, authorize }].flatMap(
  (options) =>
    [{}, { authenticate }].flatMap((users) =>
      [{}, { chooseServer }].map((choice) => ({ ...options, ...users, ...choice })),
    ),
);

test('each is valid, has the routes of its endpoint, and no unused schema', async () => {
  for (const options of COMBINATIONS) {
    const document = await documentOf(options);
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    assert.ok(valid, JSON.stringify(errors, null, 2));
    const served = appOf(options).routes.filter(({ method }) => !['ALL', 'OPTIONS'].includes(method));
    const paths = served.map(({ path }) => path.replace(/:(\w+)/g, '{$1}'));
    assert.deepEqual(Object.keys(document.paths).sort(), [...new Set(paths)].sort());
    const text = JSON.stringify(document);
    for (const name of Object.keys(document.components.schemas)) {
      assert.ok(text.includes(`"#/components/schemas/${name}"`), name);
    }
  }
});

test('user tokens are described if they are verified, and a default response if a function may throw a status', async () => {
  for (const options of COMBINATIONS) {
    const { security, components, paths } = await documentOf(options);
    const isOwn = options.authenticate !== undefined;
    assert.deepEqual(security, isOwn ? undefined : [{ bearer: [] }, { cookie: [] }]);
    const syncs = options.store === opened && options.authorize === undefined;
    const schemes = [...(isOwn ? [] : ['bearer', 'cookie']), ...(syncs ? ['operator'] : []), 'livekit'];
    assert.deepEqual(Object.keys(components.securitySchemes), schemes);
    assert.equal('/sync' in paths, syncs);
    const { responses } = paths['/token'].post;
    assert.equal('415' in responses, !isOwn);
    assert.equal('default' in responses, isOwn || Boolean(options.authorize ?? options.chooseServer));
    assert.equal('500' in paths['/connection-info'].get.responses, options.chooseServer !== undefined);
    assert.equal('503' in paths['/webhook'].post.responses, options.store !== undefined);
    assert.equal('502' in paths['/webhook'].post.responses, options.store === opened);
    assert.equal('/channels/{channelId}/lock' in paths, options.store === opened);
    assert.equal('/channels/{channelId}/end' in paths, options.store !== undefined);
  }
});

test('without a store of rooms, and with an authorize, there is no sync', async () => {
  const KEY = 'an-operator-key-of-more-than-32-bytes';
  const settings = () => ({ ...demoSettings, OPERATOR_KEY: KEY });
  const roomKind = async () => null;
  const store = { facts: fail, roomKind, roomsOfUser: async () => [] };
  const init = { method: 'POST', headers: { Authorization: `Bearer ${KEY}` }, body: '{"userId":"a"}' };
  for (const [options, status] of [
    [{ store }, 200],
    [{ store: { facts: fail, roomKind } }, 404],
    [{ store: { facts: fail } }, 404],
    [{ store, authorize }, 404],
    [{ authorize }, 404],
    // Known only in a request.
    [{ store: () => ({ facts: fail }) }, 503],
  ] as [LivekitOptions, number][]) {
    assert.equal((await appOf({ ...options, settings }).request('/sync', init)).status, status);
  }
});

test('a store without kicks and locks has no routes for them', async () => {
  const kick = async () => 1;
  for (const [store, status] of [
    [{ facts: fail, kick, setLocked: fail }, 401],
    [{ facts: fail, kick }, 404],
    [{ facts: fail, setLocked: fail }, 404],
    [{ facts: fail }, 404],
  ] as const) {
    for (const name of ['kick-participant', 'lock']) {
      const answer = await appOf({ store }).request(`/channels/x/${name}`, { method: 'POST' });
      assert.equal(answer.status, status, `${name} ${Object.keys(store)}`);
    }
    for (const name of ['remove-participant', 'end']) {
      assert.equal((await appOf({ store }).request(`/channels/x/${name}`, { method: 'POST' })).status, 401);
    }
  }
});

const BODIES: [body: object, byDefault: boolean, byOwn: boolean][] = [
  [{ room_name: 'lobby' }, true, true],
  [{}, false, true],
  [{ room_name: null }, false, true],
  [{ room_name: '' }, false, true],
  [{ room_name: ' ' }, false, false],
  [{ room_name: 'lobby', participant_metadata: 'm', participant_attributes: { a: 'b' } }, true, true],
  [{ room_config: { agents: [{ agent_name: 'assistant' }] }, room_name: 'lobby' }, true, true],
  [{ room_config: { max_participants: 3, tags: { a: 'b' }, metadata: null }, room_name: 'lobby' }, false, true],
  [{ room_config: { name: 'stage', sync_streams: true, egress: {} } }, false, true],
  [{ room_config: { max_participants: -1 } }, false, false],
  [{ room_config: { max_participants: 'x' } }, false, false],
  [{ room_config: { unknown: 1 } }, false, false],
  [{ room_config: { agents: Array(17).fill({ agent_name: 'a' }) } }, false, false],
  [{ room_config: 7 }, false, false],
];

test('a request of LiveKit’s clients is described as the application gets it', async () => {
  for (const isOwn of [false, true]) {
    const options: LivekitOptions = isOwn ? { authenticate, authorize } : { store };
    const { components, paths } = await documentOf(options);
    assert.equal(paths['/token-source'].post.requestBody.required, !isOwn);
    assert.equal((await appOf(options).request('/token-source', { method: 'POST' })).status, isOwn ? 201 : 401);
    const ajv = new Ajv2020({ allowUnionTypes: true, formats: { 'date-time': true } });
    ajv.addVocabulary(['components']);
    const validate = ajv.compile({ components, $ref: '#/components/schemas/TokenSourceRequest' });
    for (const [body, byDefault, byOwn] of BODIES) {
      assert.equal(validate(body), isOwn ? byOwn : byDefault, JSON.stringify(body));
      if (!isOwn) continue;
      const { status } = await appOf(options).request('/token-source', { method: 'POST', body: JSON.stringify(body) });
      assert.equal(status, byOwn ? 201 : 400, JSON.stringify(body));
    }
  }
});

test('an error that a function of the application throws matches the default response', async () => {
  const options: LivekitOptions = { authenticate, authorize };
  const answer = await appOf(options).request('/token', { method: 'POST', body: '{"roomId":"refused"}' });
  const { components, paths } = await documentOf(options);
  assert.ok(!('451' in paths['/token'].post.responses) && answer.status === 451);
  const ajv = new Ajv2020();
  addFormats.default(ajv);
  ajv.addVocabulary(['components']);
  const { schema } = paths['/token'].post.responses.default.content['application/json'];
  assert.ok(
    ajv.compile({ components: { schemas: { OtherError: components.schemas.OtherError } }, ...schema })(
      await answer.json(),
    ),
  );
});
