// WebhookEvent and LiveKit's messages: the classes of @livekit/protocol, with the names of LiveKit's SDK.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as protocol from '@livekit/protocol';
import * as edge from 'livekit-edge';
import { ParticipantInfo_State, Room, TrackSource, WebhookEvent } from 'livekit-edge';
import * as sdk from 'livekit-server-sdk';

suite('the root entry exports', () => {
  const ofProtocol: Record<string, unknown> = { ...protocol };
  const ofEdge: Record<string, unknown> = { ...edge };

  test('every message class and enum that the SDK exports', () => {
    const shared = Object.entries(sdk).filter(([name, value]) => ofProtocol[name] === value);
    assert.ok(shared.length > 70, `only ${shared.length} names`);
    for (const [name, value] of shared) assert.equal(ofEdge[name], value, name);
  });

  test('no name of @livekit/protocol that the SDK names otherwise', () => {
    for (const [name, value] of Object.entries(edge)) {
      const names = Object.keys(ofProtocol).filter((other) => ofProtocol[other] === value);
      assert.ok(names.length === 0 || names.includes(name), name);
    }
  });
});

suite('WebhookEvent', () => {
  const init = { event: 'room_started', room: { name: 'lobby', creationTime: 1735689600n }, id: 'EV_1' } as const;
  const json = { event: 'room_started', room: { name: 'lobby', creationTime: '1735689600' }, id: 'EV_1' };
  const event = new WebhookEvent(init);

  test('is the class of @livekit/protocol', () => {
    assert.ok(event instanceof protocol.WebhookEvent);
    assert.ok(event.room instanceof Room);
    assert.equal(event.getType().typeName, 'livekit.WebhookEvent');
    assert.equal(WebhookEvent.typeName, 'livekit.WebhookEvent');
  });

  test('takes a partial message, with its event, which the SDK drops', () => {
    assert.deepEqual(event.toJson(), json);
    assert.equal(new sdk.WebhookEvent(init).event, '');
    assert.equal(new WebhookEvent().event, '');
  });

  test('is equal to its clone, which is a WebhookEvent', () => {
    const clone = event.clone();
    assert.ok(clone instanceof WebhookEvent && clone !== event && clone.room !== event.room);
    assert.ok(event.equals(clone));
    clone.id = 'EV_2';
    assert.ok(!event.equals(clone));
  });

  test('is parsed from the output of each of its methods', () => {
    for (const parsed of [
      WebhookEvent.fromBinary(event.toBinary()),
      WebhookEvent.fromJson(event.toJson()),
      WebhookEvent.fromJsonString(event.toJsonString()),
      WebhookEvent.fromJsonString(JSON.stringify(event)),
    ]) {
      assert.ok(parsed instanceof WebhookEvent);
      assert.ok(parsed.equals(event));
    }
  });

  test('throws as the SDK does, and ignores unknown fields only on request', () => {
    const unknown = { ...json, tomorrow: [1] };
    assert.throws(() => WebhookEvent.fromJson(unknown), /key "tomorrow" is unknown/);
    assert.throws(() => sdk.WebhookEvent.fromJson(unknown), /key "tomorrow" is unknown/);
    assert.ok(WebhookEvent.fromJson(unknown, { ignoreUnknownFields: true }).equals(event));
    assert.throws(() => WebhookEvent.fromJsonString('{'), Error);
    assert.throws(() => WebhookEvent.fromBinary(new Uint8Array([255])), Error);
  });

  test('has int64 fields as bigint and enums as numbers', () => {
    const { room, participant, track, egressInfo, createdAt } = WebhookEvent.fromJson({
      room: { creationTimeMs: '1735689600123' },
      participant: { state: 'ACTIVE', attributes: { 'sip.callID': 'SCL_1' } },
      track: { source: 'SCREEN_SHARE', mime_type: 'video/vp8' },
      egressInfo: { file: { size: '7340032' } },
      created_at: 1735689602,
    });
    assert.equal(room?.creationTimeMs, 1735689600123n);
    assert.equal(participant?.state, ParticipantInfo_State.ACTIVE);
    assert.deepEqual(participant.attributes, { 'sip.callID': 'SCL_1' });
    assert.equal(track?.source, TrackSource.SCREEN_SHARE);
    assert.equal(track.mimeType, 'video/vp8');
    assert.equal(egressInfo?.result.case === 'file' && egressInfo.result.value.size, 7340032n);
    assert.equal(createdAt, 1735689602n);
  });

  test('keys with a meaning in JavaScript change no object', () => {
    const evil = '{"__proto__":{"event":"x","polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}';
    const text = `${evil},"toString":"x","participant":${evil},"attributes":{"__proto__":"a","c":"d"}}}`;
    const parsed = WebhookEvent.fromJsonString(text, { ignoreUnknownFields: true });
    assert.equal(parsed.event, '');
    assert.equal(Object.getPrototypeOf(parsed), WebhookEvent.prototype);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    assert.deepEqual(Object.entries(parsed.participant?.attributes ?? {}), [['c', 'd']]);
  });
});
