/** POST /token-source: fields of every wrong type, size and depth. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertError, badRequest, TOO_COMPLEX, TOO_LARGE } from '../support/answers.ts';
import { type Asking, type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { notForClients, sourceClaims } from '../support/token-source.ts';

const ROOM = 'channel-abc123';
/** Settings that let clients set every field. */
const settings = { LIVEKIT_CAN_UPDATE_OWN_METADATA: 'true' };

let endpoint: Endpoint;
before(async () => {
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
});
after(() => endpoint.stop());

const ask = (body: unknown, asking?: Asking) => endpoint.post('/token-source', body, asking);

test('400 lists every field of a wrong type, in the order of the fields', async () => {
  for (const wrong of [1, true, false, [], [ROOM], {}, { not: 'x' }]) {
    const body = {
      participant_attributes: wrong,
      participant_metadata: wrong,
      participant_identity: wrong,
      participant_name: wrong,
      room_name: wrong,
    };
    const isObject = JSON.stringify(wrong) === '{}' || (typeof wrong === 'object' && 'not' in wrong);
    assertError(
      await ask(body, { settings }),
      badRequest([
        'room_name must be a string',
        'participant_name must be a string',
        'participant_identity must be a string',
        'participant_metadata must be a string',
        ...(isObject ? [] : ['participant_attributes must be an object of strings']),
      ]),
      JSON.stringify(wrong),
    );
  }
  for (const value of [1, null, true, {}, ['x']]) {
    const body = { room_name: ROOM, participant_attributes: { good: 'x', bad: value } };
    assertError(await ask(body, { settings }), badRequest(['participant_attributes must be an object of strings']));
  }
});

test('sizes that a LiveKit server would refuse are refused', async () => {
  for (const [body, rule] of [
    [{ room_name: 'x'.repeat(257) }, 'room_name must not be longer than 256 bytes'],
    [{ participant_identity: 'é'.repeat(129) }, 'participant_identity must not be longer than 256 bytes'],
    [{ participant_name: 'x'.repeat(257) }, 'participant_name must not be longer than 256 bytes'],
    [
      { participant_attributes: { a: 'x'.repeat(65_536) } },
      'participant_attributes must not be longer than 65536 bytes',
    ],
    [{ participant_identity: 'a\nb' }, 'participant_identity must not contain control characters'],
    [{ participant_name: 'a\u202eb' }, 'participant_name must not contain control characters'],
    [{ room_name: ' ' }, 'room_name should not be empty'],
    [{ participant_identity: ' ' }, 'participant_identity should not be empty'],
  ] as const) {
    assertError(await ask({ room_name: ROOM, ...body }, { settings }), badRequest([rule]), rule);
  }
  const large = { participant_metadata: 'x'.repeat(30_000), participant_attributes: { a: 'x'.repeat(65_535) } };
  const { metadata, attributes } = sourceClaims(await ask({ room_name: ROOM, ...large }, { settings }));
  assert.deepEqual([metadata, attributes], [large.participant_metadata, large.participant_attributes]);
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`key-${at}`, '']));
  assert.deepEqual(
    sourceClaims(await ask({ room_name: ROOM, participant_attributes: many }, { settings })).attributes,
    many,
  );
  assertError(await ask(`{"room_name":"${ROOM}"}`.padEnd(100 * 1024 + 1)), TOO_LARGE);
});

test('attributes with names of JavaScript, such as __proto__, are ordinary attributes', async () => {
  const attributes = '{"__proto__":"a","constructor":"b","toString":"c","toJson":"d","":"e"}';
  const body = `{"room_name":"${ROOM}","participant_attributes":${attributes}}`;
  const found = sourceClaims(await ask(body, { settings })).attributes ?? {};
  assert.deepEqual(Object.entries(found).sort(), Object.entries(JSON.parse(attributes)).sort());
});

test('deep nesting is 400 in every field, and never 503', async () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    for (const depth of [8, 24, 28, 29, 30, 31, 32, 33, 500]) {
      const deep = `${open.repeat(depth)}${open === '[' ? '' : '1'}${close.repeat(depth)}`;
      const tooDeep = depth > 31;
      for (const [field, error] of [
        ['x', undefined],
        ['participant_name', badRequest(['participant_name must be a string'])],
        ['participant_attributes', badRequest(['participant_attributes must be an object of strings'])],
        ['room_config', notForClients('room_config')],
      ] as const) {
        const answer = await ask(`{"room_name":"${ROOM}","${field}":${deep}}`, { settings });
        if (tooDeep) assertError(answer, TOO_COMPLEX, `${depth} ${field}`);
        else if (error === undefined) sourceClaims(answer, `${depth} ${field}`);
        else assertError(answer, error, `${depth} ${field}`);
      }
    }
  }
});
