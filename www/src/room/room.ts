/** Joins a room with LiveKit's own client, and shows it until it is left. */
import { Room, RoomEvent } from 'livekit-client';
import type { Json } from '#inspect';
import { JOIN_AGAIN } from '../ask/join-again.ts';
import type { RoomChoice } from '../ask/room-choice.ts';
import { forgetModeration } from '../channel/moderation.ts';
import { byId, isolated } from '../dom.ts';
import { type Panel, showPanel } from '../panel.ts';
import { hideControls, showControls } from './controls.ts';
import { departure } from './departures.ts';
import { forgetParticipants, showParticipants } from './participants.ts';

const CHANGES = [
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.ParticipantNameChanged,
  RoomEvent.ActiveSpeakersChanged,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.AudioPlaybackStatusChanged,
  RoomEvent.RecordingStatusChanged,
  RoomEvent.Reconnected,
] as const;

/** The room that this page is in; one at a time. */
let current: Room | undefined;

export const showRoom = (panel: Panel): void => showPanel(byId('room-status'), panel);

export async function joinRoom(url: string, token: string, claims: Json, choice: RoomChoice): Promise<void> {
  const room = new Room({ adaptiveStream: true, dynacast: true });
  current = room;
  showRoom({ kind: 'info', icon: 'wait', title: `Connecting to ${url}` });
  try {
    await room.connect(url, token);
  } catch (error) {
    if (current === room) showRoom(notAdmitted(error as Error));
    return;
  }
  if (current !== room) return void room.disconnect();
  const showButtons = showControls(room, claims);
  const show = () => {
    if (current !== room) return;
    showParticipants(room, choice);
    showButtons();
    showRoom(joined(room, choice));
  };
  for (const change of CHANGES) room.on(change, show);
  for (const lost of [RoomEvent.Reconnecting, RoomEvent.SignalReconnecting] as const) {
    room.on(lost, () => current === room && showRoom(RECONNECTING));
  }
  room.on(RoomEvent.Disconnected, (reason) => {
    if (current !== room) return;
    forget();
    showRoom(departure(reason));
  });
  show();
}

/** Before another token is asked for. */
export async function leaveRoom(): Promise<void> {
  const room = current;
  forget();
  await room?.disconnect();
}

function forget(): void {
  current = undefined;
  forgetParticipants();
  hideControls();
  forgetModeration('moderation-result');
}

const RECONNECTING: Panel = {
  kind: 'warning',
  icon: 'wait',
  title: 'Reconnecting',
  text: "The connection to LiveKit's server is lost. LiveKit's client is trying to reconnect.",
  next: 'Wait a moment, or leave and join again.',
};

function joined(room: Room, { name }: RoomChoice): Panel {
  const others = room.remoteParticipants.size;
  const company =
    others === 0
      ? 'No other participants yet: join as another user in a second tab.'
      : others === 1
        ? 'One other participant.'
        : `${others} other participants.`;
  const isRecording = room.isRecording ? ' This room is being recorded.' : '';
  return { kind: 'good', title: `You are in ${isolated(name)}`, text: `${company}${isRecording}` };
}

const notAdmitted = ({ message }: Error): Panel => ({
  kind: 'error',
  title: "LiveKit's server did not admit you",
  text: 'The endpoint issued the token; the LiveKit server refused it or could not be reached.',
  messages: [message],
  next: 'An expired token, other API keys and a clock that is wrong are the usual causes. Join again with a new token.',
  actions: [JOIN_AGAIN],
});
