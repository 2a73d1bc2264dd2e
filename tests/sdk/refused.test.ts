// Claims of a wrong type, size or name are refused before signing, and the error names them.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { AccessToken } from 'livekit-edge';
import { builder, claimsOf, refusedClaim, untyped } from './support.ts';

class Person {
  name = 'alice';
  get secret() {
    return 42;
  }
}

/** Values that are neither a string nor absent. */
const NO_TEXT = {
  'a number': 42,
  zero: 0,
  true: true,
  false: false,
  'an object': {},
  'a list': [],
  'a list of texts': ['alice'],
  'a text object': new String('alice'),
  'a date': new Date(0),
  'a map': new Map([['a', 'b']]),
  'a set': new Set(['a']),
  bytes: new TextEncoder().encode('alice'),
  'an instance': new Person(),
  'a function': () => 'alice',
  'a symbol': Symbol('alice'),
  'a bigint': 1n,
  NaN: Number.NaN,
  'half a surrogate pair': 'alice\ud83d',
  'the other half': '\udc00alice',
};
const TEXTS = ['identity', 'name', 'metadata', 'kind', 'sha256', 'roomPreset'] as const;

function assertRefused(at: AccessToken, message: string): void {
  assert.throws(() => at.toJwtSync(), refusedClaim(message));
}

for (const claim of TEXTS) {
  suite(claim, () => {
    for (const [what, value] of Object.entries(NO_TEXT)) {
      test(`${what} is refused`, () => {
        assertRefused(Object.assign(builder(), { [claim]: value }), `${claim} must be a well-formed string`);
      });
    }

    test('is left out if undefined, null or empty', () => {
      for (const absent of [undefined, null, '']) {
        const at = Object.assign(builder(), { [claim]: absent });
        if (claim === 'identity') assertRefused(at, 'identity is required');
        else if (claim === 'kind' && absent === '') assertRefused(at, 'kind is not a name that LiveKit knows');
        else assert.deepEqual(Object.keys(claimsOf(at.toJwtSync())).sort(), ['exp', 'iss', 'nbf', 'sub', 'video']);
      }
    });
  });
}

suite('attributes', () => {
  const NO_ATTRIBUTES = {
    'a text': 'a=b',
    'a number': 1,
    true: true,
    'a list': [],
    'a list of pairs': [['a', 'b']],
    'a map': new Map([['a', 'b']]),
    'a date': new Date(0),
    bytes: new Uint8Array(1),
    'a function': () => ({}),
    'a number inside': { a: 1 },
    'a boolean inside': { a: true },
    'an object inside': { a: {} },
    'null inside': { a: null },
    'a date inside': { a: new Date(0) },
    'a function inside': { a: () => 'b' },
    'half a surrogate pair inside': { a: '\ud83d' },
    'an instance with a number inside': Object.assign(new Person(), { age: 42 }),
    'an instance with a getter': new Person(),
  };
  for (const [what, attributes] of Object.entries(NO_ATTRIBUTES)) {
    test(`${what} is refused`, () => {
      assertRefused(builder({ attributes: untyped(attributes) }), 'attributes must be an object of strings');
    });
  }

  test('leave out undefined values, and may be an instance of a class', () => {
    const attributes = untyped({ a: undefined, b: 'c' });
    assert.deepEqual(claimsOf(builder({ attributes }).toJwtSync()).attributes, { b: 'c' });
    class Named {
      name = 'alice';
      rename() {}
    }
    const ofInstance = claimsOf(builder({ attributes: untyped(new Named()) }).toJwtSync()).attributes;
    assert.deepEqual(ofInstance, { name: 'alice' });
  });

  test('keep their order', () => {
    const text = '{"z":"1","a":"2","m":"3"}';
    const payload =
      builder({ attributes: JSON.parse(text) })
        .toJwtSync()
        .split('.')[1] ?? '';
    assert.ok(Buffer.from(payload, 'base64url').toString().includes(`"attributes":${text}`));
  });

  test('may have any key', () => {
    const text = '{"":"a","__proto__":"b","constructor":"c","toJson":"d","toString":"e","Team":"f","team":"g"}';
    const at = builder({ attributes: JSON.parse(text) });
    assert.equal(JSON.stringify(claimsOf(at.toJwtSync()).attributes, [...Object.keys(JSON.parse(text))]), text);
  });

  test('may not have half a surrogate pair in a key', () => {
    assertRefused(builder({ attributes: { '\ud83d': 'a' } }), 'attributes must be an object of strings');
  });
});

suite('kind and its details', () => {
  test('must be known to LiveKit', () => {
    const at = builder();
    at.kind = 'human';
    assertRefused(at, 'kind is not a name that LiveKit knows');
    at.kind = 'AGENT';
    assert.equal(claimsOf(at.toJwtSync()).kind, 'agent');
    at.kindDetails = ['cloud_agent', untyped('human')];
    assertRefused(at, 'kindDetails is not a name that LiveKit knows');
    at.kindDetails = untyped('cloud_agent');
    assertRefused(at, 'kindDetails must be a list of strings');
    at.kindDetails = [untyped(1)];
    assertRefused(at, 'kindDetails must be a well-formed string');
    at.kindDetails = [];
    assert.ok(!('kindDetails' in claimsOf(at.toJwtSync())));
  });
});

suite('sizes, in bytes', () => {
  /** A string of this many bytes, with three for each character but the last ones. */
  const euros = (bytes: number) => '€'.repeat(bytes / 3) + 'e'.repeat(bytes % 3);
  const KIB = 1024;

  for (const text of [(bytes: number) => 'a'.repeat(bytes), euros]) {
    test(`an identity of 256 (${text(3)})`, () => {
      assert.equal(claimsOf(builder({ identity: text(256) }).toJwtSync()).sub, text(256));
      assertRefused(builder({ identity: text(257) }), 'identity must not be longer than 256 bytes');
    });

    test(`a room of 256 (${text(3)})`, () => {
      const grant = { room: text(256), destinationRoom: text(256) };
      assert.deepEqual(claimsOf(builder({}, grant).toJwtSync()).video, { ...grant, roomJoin: true });
      assertRefused(builder({}, { room: text(257) }), 'video.room must not be longer than 256 bytes');
      assertRefused(
        builder({}, { destinationRoom: text(257) }),
        'video.destinationRoom must not be longer than 256 bytes',
      );
    });

    test(`metadata of 512 KiB (${text(3)})`, () => {
      const most = text(512 * KIB);
      assert.equal(claimsOf(builder({ metadata: most }).toJwtSync()).metadata, most);
      assertRefused(builder({ metadata: text(512 * KIB + 1) }), 'metadata must not be longer than 524288 bytes');
    });

    test(`attributes of 64 KiB, keys and values together (${text(3)})`, () => {
      const attributes = { [text(1000)]: text(32 * KIB - 1000), b: text(32 * KIB - 1) };
      assert.deepEqual(claimsOf(builder({ attributes }).toJwtSync()).attributes, attributes);
      const message = 'attributes must not be longer than 65536 bytes';
      assertRefused(builder({ attributes: { ...attributes, c: '' } }), message);
    });
  }

  test('attributes of 64 KiB in very many pairs', () => {
    const attributes = Object.fromEntries(Array.from({ length: 4096 }, (_, index) => [String(index), 'some text']));
    assert.deepEqual(claimsOf(builder({ attributes }).toJwtSync()).attributes, attributes);
  });

  test('metadata larger than every buffer is refused', () => {
    const text = 'claims are too large, nested too deeply or have too many fields';
    assertRefused(builder({ metadata: 'a'.repeat(9 * KIB * KIB) }), text);
  });
});
