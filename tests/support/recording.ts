/** Requests about recordings, with a server of the tests' own as LiveKit. */
import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import type { EgressInfo } from '@livekit/protocol';
import { assertAnswer } from './answers.ts';
import { type EgressServer, egressEvent, startEgressServer } from './egress-server.ts';
import { type Answer, type Asking, type Endpoint, startEndpoint, supportScript } from './endpoint.ts';
import { RECEIVED, webhooks } from './webhooks.ts';

export const RECORDED_ROOM = 'channel-abc123';

/** Credentials that no answer and no line of the log may have. */
export const CREDENTIALS = { accessKey: 'CANARY-access-key', secret: 'CANARY-storage-secret' };
const STORAGE = { s3: { ...CREDENTIALS, bucket: 'recordings', region: 'eu-central-1' } };

/** The settings of recordings. */
export const RECORDING = {
  RECORDING_STORAGE: JSON.stringify(STORAGE),
  RECORDING_FILEPATH: 'recordings/{room_name}/{time}',
};

export type Recorded = Asking & { channel?: string };

/** A recording as a list has it. */
interface Listed {
  recordingId: string;
  status: string;
  startedBy: string;
  requestedAt: string;
  startedAt?: string;
  endedAt?: string;
  error?: string;
  files: unknown[];
}

/** Runs an endpoint and an egress server while a file's tests run. Requests are the moderator's unless told otherwise. */
export function withEgressServer() {
  const running = {} as { endpoint: Endpoint; egress: EgressServer };
  before(async () => {
    [running.endpoint, running.egress] = await Promise.all([
      startEndpoint({ entry: supportScript('settings-worker.ts') }),
      startEgressServer(),
    ]);
  });
  after(() => Promise.all([running.endpoint.stop(), running.egress.stop()]));
  beforeEach(async () => {
    running.egress.calls.length = 0;
    running.egress.behaviours.clear();
    running.egress.egresses.clear();
    for (const table of ['VoiceRecording', 'VoiceRecordingClaim']) await running.endpoint.database.delete(table);
  });

  const asking = ({ settings, ...others }: Asking): Asking => ({
    as: 'user-mod',
    settings: { ...RECORDING, LIVEKIT_URL: running.egress.url, ...settings },
    ...others,
  });
  const send = webhooks(() => running.endpoint);
  const pathOf = (channel: string) => `/channels/${encodeURIComponent(channel)}/recordings`;

  const start = ({ channel = RECORDED_ROOM, ...others }: Recorded = {}, body: unknown = {}): Promise<Answer> =>
    running.endpoint.post(pathOf(channel), body, asking(others));
  const stop = (recordingId: string, { channel = RECORDED_ROOM, ...others }: Recorded = {}): Promise<Answer> =>
    running.endpoint.post(`${pathOf(channel)}/${encodeURIComponent(recordingId)}/stop`, '', asking(others));
  const list = ({ channel = RECORDED_ROOM, ...others }: Recorded = {}): Promise<Answer> =>
    running.endpoint.get(pathOf(channel), asking(others));

  return {
    running,
    start,
    stop,
    list,
    /** Sends a webhook about a recording, or one that there is. */
    async tell(event: string | Parameters<typeof egressEvent>[0], info?: EgressInfo): Promise<void> {
      const body = info === undefined ? event : egressEvent(event as Parameters<typeof egressEvent>[0], info);
      assertAnswer(await send(body, { settings: RECORDING }), 200, RECEIVED);
    },
    /** Starts a recording, and returns its id. */
    async started(recorded: Recorded = {}): Promise<string> {
      const answer = await start(recorded);
      assert.equal(answer.status, 201, answer.text);
      return JSON.parse(answer.text).recordingId;
    },
    /** The recordings of a channel. */
    async recordings(recorded: Recorded = {}): Promise<Listed[]> {
      const answer = await list(recorded);
      assert.equal(answer.status, 200, answer.text);
      return JSON.parse(answer.text).recordings;
    },
    /** Makes the claim of a channel as old as one that LiveKit is asked about. */
    age: (channel = RECORDED_ROOM) =>
      running.endpoint.database.update('VoiceRecordingClaim', { checkedAt: 0 }, { room: channel }),
    /** The methods that LiveKit was asked for. */
    asked: (): string[] => running.egress.calls.map(({ method }) => method),
  };
}
