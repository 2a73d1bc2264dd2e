/** Joins a room with LiveKit's own client, and shows it until it is left. */
import { DisconnectReason, Room, RoomEvent } from 'livekit-client';
import type { Json } from '#inspect';
import { byId } from '../dom.ts';
import { hideControls, showControls } from './controls.ts';
import { forgetParticipants, showParticipants } from './participants.ts';

const CHANGES = [
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.ParticipantNameChanged,
  RoomEvent.ActiveSpeakersChanged,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.AudioPlaybackStatusChanged,
] as const;

const LEFT: { [reason in DisconnectReason]?: string } = {
  [DisconnectReason.CLIENT_INITIATED]: 'You have left.',
  [DisconnectReason.DUPLICATE_IDENTITY]:
    'Somebody joined with the same identity, and only one of them can be in the room.',
  [DisconnectReason.PARTICIPANT_REMOVED]: 'You were removed from the room.',
  [DisconnectReason.ROOM_DELETED]: 'The room was closed.',
  [DisconnectReason.SERVER_SHUTDOWN]: "LiveKit's server was stopped.",
};

/** The room that this page is in; one at a time. */
let current: Room | undefined;

export const say = (text: string, kind: 'hint' | 'good' | 'bad' = 'hint'): void => {
  const status = byId('room-status');
  // Setting it again would make a screen reader say it again.
  if (status.textContent !== text) status.textContent = text;
  status.className = kind;
};

export async function joinRoom(url: string, token: string, claims: Json): Promise<void> {
  const room = new Room({ adaptiveStream: true, dynacast: true });
  current = room;
  say(`Connecting to ${url} …`);
  try {
    await room.connect(url, token);
  } catch (error) {
    if (current === room) say(`LiveKit's server did not let you in: ${(error as Error).message}`, 'bad');
    return;
  }
  if (current !== room) return void room.disconnect();
  const showButtons = showControls(room, claims);
  const show = () => {
    showParticipants(room);
    showButtons();
    const others = room.remoteParticipants.size;
    const who = others === 0 ? 'Nobody else is here yet: join as another user in a second tab.' : countOf(others);
    say(`You are in the room ${room.name}. ${who}`, 'good');
  };
  for (const change of CHANGES) room.on(change, show);
  room.on(RoomEvent.Disconnected, (reason) => {
    if (current !== room) return;
    forget();
    say((reason !== undefined && LEFT[reason]) || 'The connection is lost.');
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
}

const countOf = (others: number): string => (others === 1 ? 'One other is here.' : `${others} others are here.`);
