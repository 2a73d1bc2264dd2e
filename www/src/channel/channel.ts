/** Moderation and recordings of the room that is chosen, as the user who is signed in. */
import type { RoomChoice } from '../ask/room-choice.ts';
import { byId, isolated } from '../dom.ts';
import { currentSession, onSession, type Session } from '../session/session.ts';
import { forgetModeration, startModeration } from './moderation.ts';
import { forgetRecordings, startRecordings } from './recordings.ts';

export function startChannel(room: () => RoomChoice): void {
  startModeration(room);
  startRecordings(room);
  let session = currentSession();
  const show = () => {
    const { kind, id } = room();
    const isUsable = session !== undefined && kind === 'channel' && id !== '';
    byId('manage').hidden = !isUsable;
    byId('manage-about').textContent = about(session, room());
    forgetRecordings();
    forgetModeration('access-result');
  };
  onSession((next) => {
    session = next;
    forgetModeration('moderation-result');
    show();
  });
  byId('channel').addEventListener('change', show);
  byId('room-id').addEventListener('input', show);
  show();
}

function about(session: Session | undefined, { kind, id, name }: RoomChoice): string {
  if (kind === 'group') return 'Direct messages have no moderators and no recordings. Choose a channel as the room.';
  if (session === undefined) return 'Sign in to moderate and record a channel.';
  if (id === '') return 'Type the ID of a channel to moderate and record it.';
  return `In ${isolated(name)}, as ${isolated(session.name)}. Moderate single participants in the room above.`;
}
