/** Responses about servers: the endpoint, its database, LiveKit's server, the egress service. */
import type { Explanation } from './attempt.ts';

export function offline(): Explanation {
  return navigator.onLine === false
    ? {
        kind: 'warning',
        icon: 'offline',
        title: 'This browser is offline',
        text: 'The request was not sent.',
        next: 'Connect to the network and try again.',
      }
    : {
        kind: 'error',
        icon: 'offline',
        title: 'The endpoint does not respond',
        text: 'The connection ended before there was a response.',
        next: 'Is npm start still running? Start it again in its terminal, then try again.',
      };
}

const NOT_CONFIGURED = ['LiveKit credentials not configured', 'LiveKit server not configured', 'LiveKit URL invalid'];

/** Status 500. */
export function failed(message: string | undefined): Explanation {
  return message !== undefined && NOT_CONFIGURED.includes(message)
    ? {
        kind: 'error',
        title: 'The endpoint is not configured',
        text: 'It has no valid credentials or URL of a LiveKit server.',
        next: 'Set LIVEKIT_API_KEY, LIVEKIT_API_SECRET and LIVEKIT_URL; npx livekit-edge doctor checks them.',
      }
    : { kind: 'error', title: 'The endpoint failed', text: 'Its log has the reason.' };
}

export const LIVEKIT_DOWN: Explanation = {
  kind: 'error',
  icon: 'offline',
  title: "LiveKit's server does not respond",
  text: 'The endpoint called the API of the LiveKit server and got no valid response.',
  next: 'Start one with npm run livekit in another terminal, or correct LIVEKIT_URL. Then try again.',
};

export function unavailable(message: string | undefined, retryAfter: number | undefined): Explanation {
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
        kind: 'error',
        icon: 'clock',
        title: 'The endpoint is temporarily unavailable',
        text: `Its database or identity provider did not respond in time; it issues no token without them. ${waitFor(retryAfter)}`,
        next: 'If it stays so, the log of the endpoint names what does not respond.',
      };
  }
}

export const waitFor = (seconds: number | undefined): string =>
  seconds === undefined ? 'Wait a moment.' : `It asks for ${seconds} s before the next request.`;
