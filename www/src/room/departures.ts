/** Why a participant is out of the room, and what to do next. */
import { DisconnectReason } from 'livekit-client';
import { JOIN_AGAIN } from '../ask/join-again.ts';
import type { Panel } from '../panel.ts';

type Departure = Pick<Panel, 'kind' | 'icon' | 'title' | 'text' | 'next'>;

const LOST: Departure = {
  kind: 'warning',
  icon: 'offline',
  title: 'The connection to the room is lost',
  text: "LiveKit's client tried to reconnect and gave up.",
  next: 'Check the network and the LiveKit server, then join again.',
};

const DEPARTURES: { [reason in DisconnectReason]?: Departure } = {
  [DisconnectReason.CLIENT_INITIATED]: { kind: 'info', icon: 'room', title: 'You have left the room' },
  [DisconnectReason.DUPLICATE_IDENTITY]: {
    kind: 'warning',
    title: 'Another client joined with the same identity',
    text: 'A room has one participant of each identity, so this page was disconnected.',
    next: 'Sign in as another user to be in the room twice, or join again and take over.',
  },
  [DisconnectReason.PARTICIPANT_REMOVED]: {
    kind: 'error',
    title: 'You were removed from the room',
    text: 'A moderator removed or kicked you, or you may no longer be in this room.',
    next: 'Join again. After a kick the endpoint answers 403 until the kick ends.',
  },
  [DisconnectReason.ROOM_DELETED]: {
    kind: 'warning',
    icon: 'room',
    title: 'The room was ended for everyone',
    text: 'A moderator disconnected all participants.',
    next: 'Join again, unless the channel is locked.',
  },
  [DisconnectReason.SERVER_SHUTDOWN]: {
    kind: 'warning',
    icon: 'offline',
    title: "LiveKit's server was stopped",
    next: 'Start it with npm run livekit in another terminal, then join again.',
  },
};

export const departure = (reason: DisconnectReason | undefined): Panel => ({
  ...((reason !== undefined && DEPARTURES[reason]) || LOST),
  actions: [JOIN_AGAIN],
});
