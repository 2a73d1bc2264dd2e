/** Runs in Chromium: a participant of LiveKit's own client, which the test controls. */
import { createLocalAudioTrack, DisconnectReason, Room, RoomEvent, Track } from 'livekit-client';
import { joinWithoutMedia, type WithoutMedia } from './without-media.ts';

/** The server from which the browser gets its own address. */
const iceServers: string[] = [];
const note = (configuration?: RTCConfiguration) =>
  iceServers.push(...(configuration?.iceServers ?? []).flatMap(({ urls }) => urls));
const Connection = globalThis.RTCPeerConnection;
globalThis.RTCPeerConnection = class extends Connection {
  constructor(configuration?: RTCConfiguration) {
    note(configuration);
    super(configuration);
  }

  override setConfiguration(configuration?: RTCConfiguration) {
    note(configuration);
    super.setConfiguration(configuration);
  }
};

/** The fields of a track that a client sends before it publishes it; not in the types of LiveKit's client. */
interface Lying {
  engine: { client: { sendAddTrack(request: object): unknown } };
}
const VIDEO = 1;
/** `TrackSource.MICROPHONE`. */
const MICROPHONE = 2;

const room = new Room();
const events: string[] = [];
/** Received data, and audio and video of others. */
const received: string[] = [];
const microphone = () => room.localParticipant.getTrackPublication(Track.Source.Microphone);
room.on(RoomEvent.TrackMuted, ({ source }) => events.push(`muted ${source}`));
room.on(RoomEvent.TrackUnmuted, ({ source }) => events.push(`unmuted ${source}`));
room.on(RoomEvent.Disconnected, (reason) => events.push(`disconnected ${reason && DisconnectReason[reason]}`));
room.on(RoomEvent.DataReceived, (data, _, __, topic) => received.push(`${topic}: ${new TextDecoder().decode(data)}`));
room.on(RoomEvent.TrackSubscribed, (_, { source }) => received.push(`subscribed ${source}`));
room.on(RoomEvent.TrackUnsubscribed, (_, { source }) => received.push(`unsubscribed ${source}`));

/** The messages that the server has sent to the client. */
function maySpeak(): boolean {
  const { canPublish = false, canPublishSources = [] } = room.localParticipant.permissions ?? {};
  return canPublish && (canPublishSources.length === 0 || canPublishSources.includes(MICROPHONE));
}

/** Other participants in this page, without media, by a name that the test chooses. */
const crowd = new Map<string, WithoutMedia>();

export const commands = {
  join: (url: string, token: string) => room.connect(url, token),
  /** Publishes the microphone first, if it is not published yet. */
  async setMicrophone(enabled: boolean) {
    await room.localParticipant.setMicrophoneEnabled(enabled);
  },
  /** Publishes the microphone with another source, and as video if the client lies about that as well; returns its sid. */
  async publishAudioAs(source: `${Track.Source}`, isVideo = false) {
    const { client } = (room.localParticipant as unknown as Lying).engine;
    const send = client.sendAddTrack;
    if (isVideo) client.sendAddTrack = (request) => send.call(client, Object.assign(request, { type: VIDEO }));
    const { mediaStreamTrack } = await createLocalAudioTrack();
    const options = { source: source as Track.Source };
    const { trackSid } = await room.localParticipant.publishTrack(mediaStreamTrack, options);
    client.sendAddTrack = send;
    return trackSid;
  },
  async setCamera(enabled: boolean) {
    await room.localParticipant.setCameraEnabled(enabled);
  },
  leave: () => room.disconnect(),
  async joinAs(name: string, url: string, token: string) {
    crowd.set(name, await joinWithoutMedia(url, token));
  },
  leaveAs(name: string) {
    crowd.get(name)?.leave();
    crowd.delete(name);
  },
  state: () => ({
    connection: `${room.state}`,
    isMuted: microphone()?.isMuted,
    trackSid: microphone()?.trackSid,
    maySpeak: maySpeak(),
    events,
    received,
    iceServers,
  }),
};

export type Commands = typeof commands;

Object.assign(globalThis, { commands });
