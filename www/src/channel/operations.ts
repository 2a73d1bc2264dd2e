/** What a moderator can do: mute, remove or kick a participant; lock, unlock or end a channel. */
import { isolated } from '../dom.ts';
import type { Call } from '../endpoint.ts';
import type { Panel } from '../panel.ts';

/** A request below the path of the channel, and its texts. */
export interface Operation extends Pick<Call, 'method' | 'body'> {
  readonly route: string;
  /** Such as `mute user-456`. */
  readonly what: string;
  /** The required permission. */
  readonly needs: string;
  /** Shown after success. */
  readonly done: Panel;
  /** Offered when the operation is stored. */
  readonly undo?: { readonly label: string; readonly operation: Operation };
}

const KICK_SECONDS = 60;
const KICK_PERMISSION = 'KICK_USER in the community';

export function toParticipantOperation(name: string | undefined, identity: string): Operation {
  const who = isolated(identity);
  const body = { participantIdentity: identity };
  switch (name) {
    case 'mute':
      return {
        route: 'mute-participant',
        body: { ...body, mute: true },
        what: `mute ${who}`,
        needs: 'MUTE_PARTICIPANT on the channel',
        done: { kind: 'good', title: `${who} is muted`, text: 'Only the participant can unmute.' },
      };
    case 'remove':
      return {
        route: 'remove-participant',
        body,
        what: `remove ${who}`,
        needs: KICK_PERMISSION,
        done: { kind: 'good', title: `${who} was removed`, text: 'The participant may join again.' },
      };
    default:
      return {
        route: 'kick-participant',
        body: { ...body, durationSeconds: KICK_SECONDS },
        what: `kick ${who}`,
        needs: KICK_PERMISSION,
        done: {
          kind: 'good',
          title: `${who} was kicked`,
          text: 'The participant gets no token for this room for 1 minute.',
        },
        undo: { label: 'End the kick', operation: toKickEnd(identity) },
      };
  }
}

function toKickEnd(identity: string): Operation {
  const who = isolated(identity);
  return {
    method: 'DELETE',
    route: `kick-participant?participantIdentity=${encodeURIComponent(identity)}`,
    what: `end the kick of ${who}`,
    needs: KICK_PERMISSION,
    done: { kind: 'good', title: `The kick of ${who} has ended`, text: 'The participant may join again.' },
  };
}

export function toChannelOperation(name: string | undefined, channelName: string): Operation {
  const channel = isolated(channelName);
  const needs = 'UPDATE_CHANNEL in the community';
  switch (name) {
    case 'lock':
      return {
        route: 'lock',
        body: { locked: true },
        what: `lock ${channel}`,
        needs,
        done: {
          kind: 'warning',
          icon: 'lock',
          title: `${channel} is locked`,
          text: 'Only users with UPDATE_CHANNEL get a token for it. Participants in the room stay.',
          next: 'A lock stays until a moderator unlocks the channel.',
        },
      };
    case 'unlock':
      return {
        route: 'lock',
        body: { locked: false },
        what: `unlock ${channel}`,
        needs,
        done: {
          kind: 'good',
          title: `${channel} is unlocked`,
          text: 'Every user with JOIN_CHANNEL gets a token again.',
        },
      };
    default:
      return {
        route: 'end',
        what: `end ${channel}`,
        needs,
        done: {
          kind: 'good',
          title: `${channel} was ended`,
          text: 'All participants are disconnected and may join again.',
        },
      };
  }
}
