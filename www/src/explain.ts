/** A response that is not the wanted one → a panel: what happened, why, and what one can do next. */
import { isolated } from './dom.ts';
import { type Answer, messagesOf } from './endpoint.ts';
import type { Action, Panel } from './panel.ts';

export interface Attempt {
  /** Such as `join General Voice`. */
  readonly what: string;
  /** Name of the caller. */
  readonly user: string;
  /** Whether the user token has expired, as far as the page can tell. */
  readonly hasExpired: boolean;
  /** The permission that it takes. */
  readonly needs: string;
  /** Why the endpoint may answer 403; the default is what applies to every channel. */
  readonly causes?: readonly string[];
  /** Whether this page has signed the user token. */
  readonly isSignedHere: boolean;
  retry(): void;
}

/** An `info` is about what is not there: trying again does not help. */
type Explanation = Omit<Panel, 'status' | 'messages' | 'actions'>;

/** @param attempt - what was asked for */
export function explain(answer: Answer, attempt: Attempt): Panel {
  const { status, statusText, retryAfter } = answer;
  const messages = messagesOf(answer);
  const explanation = explanationOf(answer, messages[0], attempt);
  const again: Action = {
    label: 'Try again',
    ...(retryAfter === undefined ? {} : { wait: retryAfter }),
    run: () => attempt.retry(),
  };
  return {
    ...explanation,
    ...(status === 0 ? {} : { status: `${status} ${statusText}`.trim() }),
    ...(messages.length === 0 ? {} : { messages }),
    ...(isTemporary(status) && explanation.kind !== 'info' ? { actions: [again] } : {}),
  };
}

const isTemporary = (status: number): boolean => status === 0 || status === 429 || status > 500;

function explanationOf({ status, retryAfter }: Answer, message: string | undefined, attempt: Attempt): Explanation {
  const user = isolated(attempt.user);
  switch (status) {
    case 0:
      return offline();
    case 400:
      return {
        kind: 'careful',
        title: 'The request is invalid',
        text: 'The endpoint lists what is wrong with it:',
        next: 'Correct these fields and send the request again.',
      };
    case 401:
      return unauthorized(message, user, attempt);
    case 403:
      return forbidden(user, attempt);
    case 404:
      return notFound(message);
    case 409:
      return conflict(message);
    case 429:
      return {
        kind: 'careful',
        icon: 'clock',
        title: 'Too many requests',
        text: `The endpoint limits the requests of a user and of an address. ${waitFor(retryAfter)}`,
        next: 'RATE_LIMIT_PER_USER and RATE_LIMIT_PER_ADDRESS set the limits on Node and Deno, bindings on Workers.',
      };
    case 500:
      return {
        kind: 'bad',
        title: 'The endpoint is not configured',
        text: 'It has no valid credentials or URL of a LiveKit server.',
        next: 'Set LIVEKIT_API_KEY, LIVEKIT_API_SECRET and LIVEKIT_URL; npx livekit-edge doctor checks them.',
      };
    case 502:
    case 504:
      return badGateway(message);
    case 503:
      return unavailable(message, retryAfter);
    default:
      return {
        kind: 'bad',
        title: `The endpoint could not ${attempt.what}`,
        text: 'This page does not know this response.',
        next: 'The response body and the log of the endpoint say more.',
      };
  }
}

function offline(): Explanation {
  return navigator.onLine === false
    ? {
        kind: 'careful',
        icon: 'offline',
        title: 'This browser is offline',
        text: 'The request was not sent.',
        next: 'Connect to the network and try again.',
      }
    : {
        kind: 'bad',
        icon: 'offline',
        title: 'The endpoint does not respond',
        text: 'The connection ended before there was a response.',
        next: 'Is npm start still running? Start it again in its terminal, then try again.',
      };
}

function unauthorized(message: string | undefined, user: string, attempt: Attempt): Explanation {
  if (message === 'Account has been banned') {
    return {
      kind: 'bad',
      title: `${user} is banned`,
      text: 'The user token is valid, but the account is banned. A banned user gets no LiveKit token.',
      next: 'Sign in as another user.',
    };
  }
  if (message === 'Token has been revoked') {
    return {
      kind: 'bad',
      title: 'The user token was revoked',
      text: 'The user token is valid, but it, its session or all tokens of its user were revoked.',
      next: 'Sign in again with a new user token.',
    };
  }
  if (attempt.hasExpired) {
    return {
      kind: 'careful',
      icon: 'clock',
      title: 'The user token has expired',
      text: 'The endpoint accepts no expired user token.',
      next: 'Sign in again with a new user token.',
    };
  }
  return {
    kind: 'bad',
    title: 'The user token is not accepted',
    text: 'The endpoint does not say which check failed: that would help an attacker.',
    causes: [
      attempt.isSignedHere ? 'The secret is not the JWT_SECRET of the endpoint.' : 'It is not signed with JWT_SECRET.',
      'No user has this ID.',
      'The token has expired, or is not valid yet.',
      attempt.isSignedHere
        ? 'JWT_ISSUER, JWT_AUDIENCE or JWT_CLIENT_ID is set: sign in with a user token that has these claims.'
        : 'Its issuer, audience or client is not the one in JWT_ISSUER, JWT_AUDIENCE or JWT_CLIENT_ID.',
    ],
    next: 'Sign in again. With LOG_LEVEL=debug the log of the endpoint has the reason.',
  };
}

function forbidden(user: string, { what, needs, causes }: Attempt): Explanation {
  return {
    kind: 'bad',
    icon: 'lock',
    title: `${user} may not ${what}`,
    text: `It takes ${needs}. The endpoint does not say which check failed.`,
    causes: causes ?? channelCauses(user),
    next: 'Sign in as another user, or choose another room. With LOG_LEVEL=debug the log of the endpoint has the reason.',
  };
}

/** Why a user may not do something in a channel. */
export const channelCauses = (user: string): string[] => [
  `No role of ${user} has the permission, or an overwrite of the channel denies it.`,
  'The channel does not exist.',
  `The channel is private and ${user} is not a member.`,
  `${user} is banned or timed out in the community.`,
];

function notFound(message: string | undefined): Explanation {
  const kind = 'careful';
  switch (message) {
    case 'Participant not found':
      return { kind, title: 'The participant has left', next: 'Nothing is left to do.' };
    case 'Room not found':
      return {
        kind,
        title: 'The room is empty',
        text: 'A room that no participant is in cannot be recorded.',
        next: 'Join the room first, then start the recording.',
      };
    case 'Recording not found':
      return { kind, title: 'The channel has no such recording', next: 'List the recordings again.' };
    default:
      return {
        kind,
        title: 'The endpoint has no such route',
        text: 'Its store does not have what the route needs.',
        next: 'The demo of npm start has every route: restart it after an update.',
      };
  }
}

function conflict(message: string | undefined): Explanation {
  return message?.includes('recorded')
    ? {
        kind: 'info',
        icon: 'record',
        title: 'A recording is running already',
        text: 'A channel has one recording at a time.',
        next: 'List the recordings and stop the one that is running.',
      }
    : {
        kind: 'careful',
        title: "LiveKit's server does not allow it",
        text: 'By default a LiveKit server lets only participants themselves unmute their tracks.',
        next: 'Ask the participant to unmute.',
      };
}

function badGateway(message: string | undefined): Explanation {
  return message === undefined
    ? {
        kind: 'bad',
        icon: 'offline',
        title: 'The endpoint does not respond',
        text: 'The server of this page runs, the endpoint behind it does not.',
        next: 'Restart npm start in its terminal, then try again.',
      }
    : {
        kind: 'bad',
        icon: 'offline',
        title: "LiveKit's server does not respond",
        text: 'The endpoint called the API of the LiveKit server and got no valid response.',
        next: 'Start one with npm run livekit in another terminal, or correct LIVEKIT_URL. Then try again.',
      };
}

function unavailable(message: string | undefined, retryAfter: number | undefined): Explanation {
  switch (message) {
    case 'Recording is not configured':
      return {
        kind: 'info',
        icon: 'record',
        title: 'Recording is not configured',
        text: 'The endpoint records once it knows where recordings go.',
        next: "Set RECORDING_FILEPATH or RECORDING_STORAGE and restart the endpoint. LiveKit's server needs an egress service too: docs/recording.md.",
      };
    case 'LiveKit has no egress service connected':
      return {
        kind: 'info',
        icon: 'record',
        title: 'The LiveKit server has no egress service',
        text: "LiveKit's egress service records rooms. None is connected to this LiveKit server.",
        next: 'Start an egress service beside the LiveKit server: docs/recording.md. Then try again.',
      };
    default:
      return {
        kind: 'bad',
        icon: 'clock',
        title: 'The endpoint cannot decide now',
        text: `Its database or identity provider did not respond in time, and without facts there is no permission. ${waitFor(retryAfter)}`,
        next: 'If it stays so, the log of the endpoint names what does not respond.',
      };
  }
}

const waitFor = (seconds: number | undefined): string =>
  seconds === undefined ? 'Wait a moment.' : `It asks for ${seconds} s before the next request.`;
