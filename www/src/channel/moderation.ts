/** What a moderator does: mute, remove or kick a participant; lock, unlock or end a channel. The endpoint decides who may. */
import type { RoomChoice } from '../ask/room-choice.ts';
import { byId, isolated } from '../dom.ts';
import { callEndpoint } from '../endpoint.ts';
import { explain } from '../explain/explain.ts';
import { type Panel, showPanel } from '../panel.ts';
import { currentSession, hasExpired } from '../session/session.ts';

const KICK_SECONDS = 60;

interface Operation {
  readonly route: string;
  readonly body?: object;
  /** Such as `mute user-456`. */
  readonly what: string;
  readonly needs: string;
  readonly done: Panel;
}

/** Makes the buttons in a participant's menu work. */
export function offerModeration(menu: HTMLElement, channel: RoomChoice, identity: string): void {
  for (const button of menu.querySelectorAll<HTMLButtonElement>('[data-moderate]')) {
    button.onclick = () => perform(button, byId('moderation-result'), channel, aboutParticipant(button, identity));
  }
}

/** Makes the buttons of a channel work. */
export function startModeration(channel: () => RoomChoice): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-manage]')) {
    button.onclick = () => perform(button, byId('access-result'), channel(), aboutChannel(button, channel().name));
  }
}

async function perform(
  button: HTMLButtonElement,
  place: HTMLElement,
  { id }: RoomChoice,
  operation: Operation,
): Promise<void> {
  const session = currentSession();
  if (session === undefined) return;
  button.disabled = true;
  const path = `/channels/${encodeURIComponent(id)}/${operation.route}`;
  const answer = await callEndpoint(session.userToken, { path, ...(operation.body ? { body: operation.body } : {}) });
  button.disabled = false;
  button.focus();
  if (answer.status === 201) return showPanel(place, operation.done);
  const attempt = {
    what: operation.what,
    user: session.name,
    hasExpired: hasExpired(session),
    needs: operation.needs,
    isSignedHere: session.way === 'secret',
    retry: () => button.click(),
  };
  showPanel(place, explain(answer, attempt));
}

function aboutParticipant(button: HTMLElement, identity: string): Operation {
  const who = isolated(identity);
  const body = { participantIdentity: identity };
  switch (button.dataset['moderate']) {
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
        needs: 'KICK_USER in the community',
        done: { kind: 'good', title: `${who} was removed`, text: 'The participant may join again.' },
      };
    default:
      return {
        route: 'kick-participant',
        body: { ...body, durationSeconds: KICK_SECONDS },
        what: `kick ${who}`,
        needs: 'KICK_USER in the community',
        done: {
          kind: 'good',
          title: `${who} was kicked`,
          text: 'The participant gets no token for this room for 1 minute.',
        },
      };
  }
}

function aboutChannel(button: HTMLElement, name: string): Operation {
  const channel = isolated(name);
  const needs = 'UPDATE_CHANNEL in the community';
  switch (button.dataset['manage']) {
    case 'lock':
      return {
        route: 'lock',
        body: { locked: true },
        what: `lock ${channel}`,
        needs,
        done: {
          kind: 'careful',
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
