// Webhook events against LiveKit's own SDK: what both read, what both write, and what is no event.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonObject, type JsonValue, WebhookEvent } from 'livekit-edge';
import { WebhookEvent as SdkEvent } from 'livekit-server-sdk';

const RECEIVING = { ignoreUnknownFields: true };
const WRITING = [{}, { emitDefaultValues: true }, { enumAsInteger: true }, { useProtoFieldName: true }];

type FieldList = typeof SdkEvent.fields;
type Field = ReturnType<FieldList['list']>[number];
type Scalar = Extract<Field, { kind: 'scalar' }>['T'];
type Spelling = 'jsonName' | 'name';

/** Objects without prototypes and without members that are undefined, so that only names and values count. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return { __proto__: null, ...Object.fromEntries(members.map(([name, member]) => [name, bare(member)])) };
}

function assertSame(ours: unknown, theirs: unknown, message?: string) {
  assert.deepStrictEqual(bare(ours), bare(theirs), message);
}

/** Random bodies of webhooks, made from the SDK's description of its messages. */
class Bodies {
  /** Every field that was written with a value. */
  readonly written = new Set<string>();
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  message({ typeName, fields }: { typeName: string; fields: FieldList }, spelling: Spelling): JsonObject {
    const json: JsonObject = {};
    const oneofs = new Set<unknown>();
    for (const field of this.#shuffled(fields.list())) {
      if (this.#chance(0.5) || (field.oneof && oneofs.has(field.oneof))) continue;
      oneofs.add(field.oneof);
      // The SDK reads a null member of a oneof as a member without a value.
      if (!field.oneof && this.#chance(0.03)) json[field[spelling]] = null;
      else {
        json[field[spelling]] = this.#field(field, spelling);
        this.written.add(`${typeName}.${field.name}`);
      }
    }
    if (this.#chance(0.05)) json['aFieldOfTomorrow'] = [{ deep: [{}] }];
    return json;
  }

  #field(field: Field, spelling: Spelling): JsonValue {
    if (field.kind === 'map') return Object.fromEntries(this.#list(() => [this.#text(), this.#text()]));
    return field.repeated ? this.#list(() => this.#value(field, spelling)) : this.#value(field, spelling);
  }

  #value(field: Exclude<Field, { kind: 'map' }>, spelling: Spelling): JsonValue {
    if (field.kind === 'message') return this.message(field.T, spelling);
    if (field.kind === 'scalar') return this.#scalar(field.T);
    if (this.#chance(0.05)) return this.#pick([99, -1, 2 ** 31 - 1]);
    // The SDK reads an unknown member of a oneof as a member without a value.
    if (!field.oneof && this.#chance(0.05)) return 'A_NAME_OF_TOMORROW';
    const { no, name } = this.#pick(field.T.values);
    return this.#pick([no, name]);
  }

  #scalar(type: Scalar): JsonValue {
    const kind = { 1: 'double', 3: 'int64', 5: 'int32', 8: 'bool', 9: 'string', 13: 'uint32' }[type as number];
    switch (kind) {
      case 'double':
        return this.#pick([0, 29.97, -1e-9, 1e300, '2.5', '1e3', 'NaN', 'Infinity', '-Infinity']);
      case 'int64': {
        const large = String(BigInt(this.#integer()) * BigInt(this.#integer() - 2 ** 31));
        return this.#pick([0, '0', this.#integer(), large, '9223372036854775807', '-9223372036854775808', 1.7e18]);
      }
      case 'int32':
        return this.#pick([0, 1, -1, this.#integer() - 2 ** 31, 2 ** 31 - 1, -(2 ** 31), '-7', '1e3']);
      case 'uint32':
        return this.#pick([0, 1, this.#integer(), 2 ** 32 - 1, '4294967295']);
      case 'bool':
        return this.#chance(0.5);
      case 'string':
        return this.#text();
      default:
        return assert.fail(`no generator for scalar type ${type}`);
    }
  }

  #text(): string {
    return this.#pick(['', 'a', 'ünï 🚀', '"\\\n\u0000', 'constructor', 'toString', `x${this.#integer()}`]);
  }

  #list<Item>(item: () => Item): Item[] {
    return Array.from({ length: this.#pick([0, 1, 1, 2, 3]) }, item);
  }

  #shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, rank: this.#integer() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item);
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#integer() % items.length] as Item;
  }

  #chance(probability: number): boolean {
    return this.#integer() < probability * 2 ** 32;
  }

  /** Mulberry32: 32 random bits that are the same in every run. */
  #integer(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (bits ^ (bits >>> 14)) >>> 0;
  }
}

/** Every field that an event can hold, as `livekit.Room.sid`. */
function everyField(type: { typeName: string; fields: FieldList } = SdkEvent, found = new Set<string>()): Set<string> {
  for (const field of type.fields.list()) {
    const name = `${type.typeName}.${field.name}`;
    if (found.has(name)) continue;
    found.add(name);
    if (field.kind === 'message') everyField(field.T, found);
  }
  return found;
}

for (const spelling of ['jsonName', 'name'] as const) {
  test(`500 random events are read and written as the SDK does (${spelling === 'name' ? 'snake' : 'camel'}Case)`, () => {
    const bodies = new Bodies(2026);
    for (let index = 0; index < 500; index++) {
      const body = bodies.message(SdkEvent, spelling);
      const ours = WebhookEvent.fromJson(body);
      const theirs = SdkEvent.fromJson(body, RECEIVING);
      assertSame(ours, theirs, `event ${index} is read otherwise: ${JSON.stringify(body)}`);

      assertSame(SdkEvent.fromJson(ours.toJson()), theirs, `event ${index} does not survive its toJson()`);
      assertSame(WebhookEvent.fromJsonString(ours.toJsonString()), ours, `event ${index} does not survive its text`);
      assertSame(
        JSON.parse(JSON.stringify(ours)),
        JSON.parse(JSON.stringify(theirs)),
        `event ${index}, JSON.stringify`,
      );
      const options = WRITING[index % WRITING.length];
      assertSame(ours.toJson(options), theirs.toJson(options), `event ${index} is written otherwise`);
    }
    assert.deepEqual(
      [...everyField()].filter((name) => !bodies.written.has(name)),
      [],
      'fields that no event had',
    );
  });
}

test('every enum value is read by name and by number, and written by name', () => {
  const seen = new Set<string>();
  for (const path of enumFields(SdkEvent)) {
    const { field, wrap } = path;
    for (const { no, name } of field.T.values) {
      seen.add(`${field.T.typeName}.${name}`);
      const byName = wrap(name);
      assertSame(WebhookEvent.fromJson(byName), WebhookEvent.fromJson(wrap(no)), `${field.T.typeName}.${name}`);
      assertSame(WebhookEvent.fromJson(byName), SdkEvent.fromJson(byName), `${field.T.typeName}.${name}`);
      assertSame(
        WebhookEvent.fromJson(wrap(no)).toJson(),
        SdkEvent.fromJson(wrap(no)).toJson(),
        `${field.T.typeName}.${no}`,
      );
    }
  }
  assert.ok(seen.size > 150, `only ${seen.size} enum values`);
});

type EnumField = Extract<Field, { kind: 'enum' }>;

/** One place for each enum that an event can hold, and how to put a value there. */
function enumFields(
  type: { fields: FieldList },
  wrap: (json: JsonObject) => JsonObject = (json) => json,
  found = new Map<unknown, { field: EnumField; wrap: (value: JsonValue) => JsonObject }>(),
  seen = new Set<unknown>(),
) {
  if (seen.has(type)) return [];
  seen.add(type);
  for (const field of type.fields.list()) {
    const put = (value: JsonValue) => wrap({ [field.name]: field.repeated ? [value] : value });
    if (field.kind === 'message') enumFields(field.T, put, found, seen);
    if (field.kind === 'enum' && !found.has(field.T)) found.set(field.T, { field, wrap: put });
  }
  return [...found.values()];
}

test('what is absent has the defaults of the SDK', () => {
  const everything = { room: {}, participant: { permission: {} }, egressInfo: {}, ingressInfo: {}, track: {}, job: {} };
  for (const body of [{}, everything]) {
    assertSame(WebhookEvent.fromJson(body), SdkEvent.fromJson(body));
    assert.deepEqual(WebhookEvent.fromJson(body).toJson(), body);
  }
  const event = new WebhookEvent();
  assert.equal(event.event, '');
  assert.equal(event.createdAt, 0n);
  assert.equal(event.roomEndReason, 0);
  assert.equal(event.room, undefined);
  const { participant, egressInfo, ingressInfo } = WebhookEvent.fromJson(everything);
  assert.deepEqual(participant?.tracks, []);
  assert.equal(Object.keys(participant?.attributes ?? { x: '' }).length, 0);
  assert.deepEqual(egressInfo?.request, { case: undefined });
  assert.equal(ingressInfo?.enabled, undefined);
  assert.equal(ingressInfo?.reusable, false);
});

test('events do not share what they hold', () => {
  const body = { participant: { attributes: { a: '1' } }, egressInfo: { fileResults: [{}] } };
  const [one, other] = [WebhookEvent.fromJson(body), WebhookEvent.fromJson(body)];
  if (one.participant) one.participant.attributes['a'] = '2';
  one.egressInfo?.fileResults.pop();
  assert.equal(other.participant?.attributes['a'], '1');
  assert.equal(other.egressInfo?.fileResults.length, 1);
  assert.deepEqual(body, { participant: { attributes: { a: '1' } }, egressInfo: { fileResults: [{}] } });
});

test('participant_joined', () => {
  const event = WebhookEvent.fromJsonString(`{
    "event": "participant_joined",
    "room": {
      "sid": "RM_hycBMAjmt6Ub", "name": "standup", "emptyTimeout": 300, "departureTimeout": 20,
      "creationTime": "1735689600", "creationTimeMs": "1735689600123", "turnPassword": "",
      "enabledCodecs": [{ "mime": "audio/opus" }, { "mime": "video/VP8", "fmtpLine": "" }], "numParticipants": 1
    },
    "participant": {
      "sid": "PA_QYWcjT2ehZM9", "identity": "ann", "state": "ACTIVE", "joinedAt": "1735689601",
      "joinedAtMs": "1735689601456", "name": "Ann", "version": 4, "kind": "SIP", "isPublisher": true,
      "permission": { "canSubscribe": true, "canPublish": true, "canPublishSources": ["MICROPHONE", 3] },
      "attributes": { "sip.callID": "SCL_1", "team": "blue" }, "kindDetails": ["CLOUD_AGENT"]
    },
    "id": "EV_o6DLMdSNSnsM",
    "createdAt": "1735689601"
  }`);
  assert.equal(event.event, 'participant_joined');
  assert.equal(event.id, 'EV_o6DLMdSNSnsM');
  assert.equal(event.createdAt, 1735689601n);
  assert.equal(event.room?.creationTimeMs, 1735689600123n);
  assert.deepEqual(
    event.room?.enabledCodecs.map(({ mime }) => mime),
    ['audio/opus', 'video/VP8'],
  );
  assert.equal(event.participant?.state, 2);
  assert.equal(event.participant?.kind, 3);
  assert.deepEqual(event.participant?.permission?.canPublishSources, [2, 3]);
  assert.deepEqual({ ...event.participant?.attributes }, { 'sip.callID': 'SCL_1', team: 'blue' });
  assert.deepEqual(event.participant?.kindDetails, [0]);
});

test('track_published', () => {
  const event = WebhookEvent.fromJson({
    event: 'track_published',
    room: { sid: 'RM_1', name: 'standup' },
    participant: { sid: 'PA_1', identity: 'ann' },
    track: {
      sid: 'TR_VCabc',
      type: 'VIDEO',
      source: 'SCREEN_SHARE',
      width: 1920,
      height: 1080,
      mime_type: 'video/vp8',
      simulcast: true,
      layers: [
        { width: 480, height: 270, bitrate: 150000, ssrc: 3735928559 },
        { quality: 'HIGH', width: 1920, height: 1080, bitrate: 3000000 },
      ],
      version: { unix_micro: '1735689601456789', ticks: 1 },
      audioFeatures: ['TF_NO_DTX'],
    },
    created_at: 1735689602,
  });
  assert.equal(event.track?.type, 1);
  assert.equal(event.track?.source, 3);
  assert.equal(event.track?.mimeType, 'video/vp8');
  assert.deepEqual(
    event.track?.layers.map(({ quality, width }) => [quality, width]),
    [
      [0, 480],
      [2, 1920],
    ],
  );
  assert.equal(event.track?.layers[0]?.ssrc, 3735928559);
  assert.equal(event.track?.version?.unixMicro, 1735689601456789n);
  assert.equal(event.createdAt, 1735689602n);
});

test('egress_ended', () => {
  const file = {
    filename: 'standup.mp4',
    startedAt: '1735689603123456789',
    endedAt: '1735689663123456789',
    duration: '60000000000',
    size: '7340032',
    location: 'https://bucket.example/standup.mp4',
  };
  const { egressInfo } = WebhookEvent.fromJson({
    event: 'egress_ended',
    egressInfo: {
      egressId: 'EG_1',
      roomName: 'standup',
      status: 'EGRESS_COMPLETE',
      startedAt: '1735689602000000000',
      roomComposite: {
        roomName: 'standup',
        layout: 'grid',
        preset: 'H264_1080P_30',
        fileOutputs: [
          { filepath: 'standup.mp4', s3: { bucket: 'bucket', secret: '{secret}', metadata: { by: 'ann' } } },
        ],
      },
      fileResults: [file],
      file,
    },
  });
  assert.equal(egressInfo?.status, 3);
  assert.equal(egressInfo?.startedAt, 1735689602000000000n);
  assert.equal(egressInfo?.fileResults[0]?.size, 7340032n);
  assert.equal(egressInfo?.result.case === 'file' && egressInfo.result.value.startedAt, 1735689603123456789n);
  const request = egressInfo?.request;
  assert.ok(request?.case === 'roomComposite');
  assert.deepEqual(request.value.options, { case: 'preset', value: 2 });
  const output = request.value.fileOutputs[0]?.output;
  assert.ok(output?.case === 's3');
  assert.equal(output.value.bucket, 'bucket');
  assert.equal(output.value.metadata['by'], 'ann');
  assert.equal(request.value.toJson()['preset'], 'H264_1080P_30');
});

test('room_finished', () => {
  const text =
    '{"event":"room_finished","room":{"sid":"RM_1","name":"standup"},"id":"EV_1","createdAt":"1735689700","roomEndReason":"ROOM_END_IDLE_TIMEOUT"}';
  const event = WebhookEvent.fromJsonString(text);
  assert.equal(event.roomEndReason, 2);
  assert.deepEqual(event.toJson(), JSON.parse(text));
  assert.equal(event.toJsonString({ prettySpaces: 2 }).split('\n')[0], '{');
  assert.match(JSON.stringify({ event }), /"createdAt":"1735689700","numDropped":0/);
});

test('agent_job_ended, and a name that this release does not know', () => {
  const body = { event: 'agent_job_ended', job: { id: 'AJ_1', type: 'JT_PUBLISHER', state: { status: 'JS_FAILED' } } };
  const { event, job } = WebhookEvent.fromJson(body);
  assert.deepEqual([event, job?.type, job?.state?.status], ['agent_job_ended', 1, 3]);
  assert.equal(WebhookEvent.fromJson({ event: 'moon_landed' }).event, 'moon_landed');
});

const NOT_AN_EVENT = {
  name: 'LivekitException',
  message: 'webhook body is not a LiveKit event',
  status: 400,
  code: 'invalid_webhook',
};

const refused: [what: string, body: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a text', 'room_started'],
  ['a number', 1],
  ['a list', [{ event: 'room_started' }]],
  ['a function', () => {}],
  ['a number for a text', { event: 1 }],
  ['an object for a text', { event: {} }],
  ['half a surrogate pair', { room: { name: '\ud83d' } }],
  ['half a surrogate pair as a key', { participant: { attributes: { '\ud83d': '' } } }],
  ['a text for a message', { room: 'standup' }],
  ['a list for a message', { room: [] }],
  ['false for a message', { room: false }],
  ['an object for a list', { participant: { tracks: {} } }],
  ['null in a list', { participant: { tracks: [null] } }],
  ['null in a list of enums', { participant: { kindDetails: [null] } }],
  ['a number for a boolean', { track: { muted: 1 } }],
  ['a text for a boolean', { track: { muted: 'true' } }],
  ['a list for a map', { participant: { attributes: [] } }],
  ['a text for a map', { participant: { attributes: 'a' } }],
  ['a number in a map', { participant: { attributes: { a: 1 } } }],
  ['null in a map', { participant: { attributes: { a: null } } }],
  ['a fraction for an int32', { numDropped: 0.5 }],
  ['an int32 that is too large', { numDropped: 2 ** 31 }],
  ['an int32 that is too small', { numDropped: -(2 ** 31) - 1 }],
  ['a text that is no int32', { numDropped: '1x' }],
  ['an empty text for an int32', { numDropped: '' }],
  ['blanks around an int32', { numDropped: ' 1 ' }],
  ['a boolean for an int32', { numDropped: true }],
  ['NaN for an int32', { numDropped: Number.NaN }],
  ['a uint32 below zero', { room: { numParticipants: -1 } }],
  ['a uint32 that is too large', { room: { numParticipants: 2 ** 32 } }],
  ['a fraction for an int64', { createdAt: 1.5 }],
  ['an int64 that is too large', { createdAt: '9223372036854775808' }],
  ['an int64 that is too small', { createdAt: '-9223372036854775809' }],
  ['an int64 that is a large number', { createdAt: 2 ** 63 }],
  ['a text that is no int64', { createdAt: '1e3' }],
  ['a boolean for an int64', { createdAt: true }],
  ['a bigint, which JSON does not have', { createdAt: 1n }],
  ['a fraction for an enum', { roomEndReason: 0.5 }],
  ['an object for an enum', { roomEndReason: {} }],
  ['an empty text for a double', { ingressInfo: { state: { video: { framerate: '' } } } }],
  ['an infinite double', { ingressInfo: { state: { video: { framerate: Number.POSITIVE_INFINITY } } } }],
  ['two members of a oneof', { egressInfo: { file: {}, segments: {} } }],
  ['one member of a oneof twice', { egressInfo: { roomComposite: {}, room_composite: {} } }],
];

/** Where the SDK is lenient and nothing that LiveKit sends needs it. */
const refusedUnlikeTheSdk: typeof refused = [
  ['a field twice', { created_at: 1, createdAt: 2 }],
  ['a message twice', { egress_info: { egressId: 'a' }, egressInfo: { roomId: 'b' } }],
  ['an empty text for an int64', { createdAt: '' }],
  ['blanks around an int64', { createdAt: ' 1 ' }],
  ['a hexadecimal int64', { createdAt: '0x10' }],
  ['an enum that is no int32', { roomEndReason: 2 ** 31 }],
];

for (const [what, body] of refused) {
  test(`not an event: ${what}`, () => {
    assert.throws(() => WebhookEvent.fromJson(body), NOT_AN_EVENT);
    if (typeof body === 'object') assert.throws(() => SdkEvent.fromJson(body as JsonValue, RECEIVING));
  });
}

for (const [what, body] of refusedUnlikeTheSdk) {
  test(`not an event, though the SDK reads it: ${what}`, () => {
    assert.throws(() => WebhookEvent.fromJson(body), NOT_AN_EVENT);
    assert.ok(SdkEvent.fromJson(body as JsonValue, RECEIVING));
  });
}

for (const text of [
  '',
  '{',
  '{"event":"a"} x',
  '{"event":01}',
  "{'event':'a'}",
  'undefined',
  '\ufeff{}',
  'null',
  '[]',
  '"secret"',
]) {
  test(`not an event: the text ${JSON.stringify(text)}`, () => {
    assert.throws(() => WebhookEvent.fromJsonString(text), NOT_AN_EVENT);
  });
}

test('an int64 of a million digits is refused in no time', () => {
  const text = JSON.stringify({ createdAt: '9'.repeat(1_000_000) });
  const started = performance.now();
  assert.throws(() => WebhookEvent.fromJsonString(text), NOT_AN_EVENT);
  assert.ok(performance.now() - started < 500);
});

test('depth does no harm, known or unknown', () => {
  const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);
  for (const text of [`{"x":${deep('[', ']')}}`, `{"room":{"x":${deep('{"room":', '}').replace('}', '0}')}}}`]) {
    // Either JSON.parse gives up, which is no event, or the unknown field is left out.
    try {
      assertSame(WebhookEvent.fromJsonString(text).room?.name ?? '', '');
    } catch (error) {
      assert.throws(() => {
        throw error;
      }, NOT_AN_EVENT);
    }
  }
  const cycle: Record<string, unknown> = { sid: 'RM_1' };
  cycle['room'] = cycle;
  assert.equal(WebhookEvent.fromJson({ room: cycle }).room?.sid, 'RM_1');
});

test('keys that mean something to JavaScript are only keys', () => {
  const evil = '{"__proto__":{"event":"x","polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}';
  const event = WebhookEvent.fromJsonString(
    `${evil},"toString":"x","participant":${evil},"attributes":{"__proto__":"a","constructor":"b","c":"d"}}}`,
  );
  assert.equal(event.event, '');
  assert.equal(Object.getPrototypeOf(event), WebhookEvent.prototype);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  const attributes = event.participant?.attributes ?? {};
  assert.deepEqual(Object.entries(attributes), [
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['c', 'd'],
  ]);
  assert.equal(attributes['toString'], undefined);
  assert.match(event.toJsonString(), /"attributes":\{"__proto__":"a","constructor":"b","c":"d"\}/);
  assert.deepEqual(WebhookEvent.fromJson({ roomEndReason: 'constructor', track: { type: '__proto__' } }).toJson(), {
    track: {},
  });
});

test('unknown fields and enum names are left out, or refused on demand', () => {
  const bodies = [{ tomorrow: 1 }, { room: { tomorrow: 1 } }, { roomEndReason: 'TOMORROW' }, { track: { type: '-' } }];
  for (const body of bodies) {
    assertSame(WebhookEvent.fromJson(body), SdkEvent.fromJson(body, RECEIVING));
    assert.throws(() => WebhookEvent.fromJson(body, { ignoreUnknownFields: false }), NOT_AN_EVENT);
    assert.throws(() => SdkEvent.fromJson(body));
  }
  const kinds = { participant: { kind: '-', kindDetails: ['TOMORROW', 'FORWARDED'] } };
  assert.deepEqual(WebhookEvent.fromJson(kinds).participant?.kindDetails, [1]);
  assert.equal(WebhookEvent.fromJson(kinds).participant?.kind, 0);
});

test('a oneof whose member is null or has an unknown name is absent', () => {
  for (const member of [{ preset: null }, { preset: 'TOMORROW' }, { advanced: null }]) {
    const { egressInfo } = WebhookEvent.fromJson({ egressInfo: { web: member } });
    assert.ok(egressInfo?.request.case === 'web');
    assert.deepEqual(egressInfo.request.value.options, { case: undefined });
    assert.deepEqual(egressInfo.toJson(), { web: {} });
  }
  const { egressInfo } = WebhookEvent.fromJson({ egressInfo: { web: null, track: { trackId: 'TR_1' } } });
  assert.equal(egressInfo?.request.case, 'track');
});
