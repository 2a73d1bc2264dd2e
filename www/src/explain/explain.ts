/** A response that is not the wanted one → a panel: what happened, why, and what one can do next. */
import { isolated } from '../dom.ts';
import { type Answer, parseMessages } from '../endpoint.ts';
import type { Action, Panel } from '../panel.ts';
import type { Attempt, Explanation } from './attempt.ts';
import { forbidden, unauthorized } from './caller.ts';
import { conflict, notFound } from './room.ts';
import { failed, LIVEKIT_DOWN, offline, unavailable, waitFor } from './server.ts';

/** @param attempt - what was asked for */
export function explain(answer: Answer, attempt: Attempt): Panel {
  const { status, statusText, retryAfter } = answer;
  const messages = parseMessages(answer);
  const explanation = explainStatus(answer, messages[0], attempt);
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

function explainStatus({ status, retryAfter }: Answer, message: string | undefined, attempt: Attempt): Explanation {
  const user = isolated(attempt.user);
  switch (status) {
    case 0:
      return offline();
    case 400:
      return {
        kind: 'warning',
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
        kind: 'warning',
        icon: 'clock',
        title: 'Too many requests',
        text: `The endpoint limits the requests of a user and of an address. ${waitFor(retryAfter)}`,
        next: 'RATE_LIMIT_PER_USER and RATE_LIMIT_PER_ADDRESS set the limits on Node and Deno, bindings on Workers.',
      };
    case 500:
      return failed(message);
    case 502:
    case 504:
      // Without the endpoint's own message a server in front of it has answered.
      return message === undefined ? offline() : LIVEKIT_DOWN;
    case 503:
      return unavailable(message, retryAfter);
    default:
      return {
        kind: 'error',
        title: 'Unexpected response',
        text: `This page does not know what status ${status} means here.`,
        next: 'The response body and the log of the endpoint say more.',
      };
  }
}
