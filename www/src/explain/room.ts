/** Responses about a room: what is not there, and what is there already. */
import type { Explanation } from './attempt.ts';

export function notFound(message: string | undefined): Explanation {
  const kind = 'warning';
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

export function conflict(message: string | undefined): Explanation {
  return message?.includes('recorded')
    ? {
        kind: 'info',
        icon: 'record',
        title: 'A recording is running already',
        text: 'A channel has one recording at a time.',
        next: 'List the recordings and stop the one that is running.',
      }
    : {
        kind: 'warning',
        title: "LiveKit's server does not allow it",
        text: 'By default a LiveKit server lets only participants themselves unmute their tracks.',
        next: 'Ask the participant to unmute.',
      };
}
