/** Sends what a moderator does to participants and channels. The endpoint decides who may. */
import type { RoomChoice } from '../ask/room-choice.ts';
import { byId } from '../dom.ts';
import { type Answer, callEndpoint } from '../endpoint.ts';
import { explain } from '../explain/explain.ts';
import { clearPanel, createTurn, type Panel, showPanel } from '../panel.ts';
import { currentSession, hasExpired } from '../session/session.ts';
import { formatTime } from '../time.ts';
import { type Operation, toChannelOperation, toParticipantOperation } from './operations.ts';

/** Where results are shown. Each turn ends when user, channel or room changes, so that late responses are dropped. */
const turns = { 'access-result': createTurn(), 'moderation-result': createTurn() };
type Place = keyof typeof turns;

/** Makes the buttons in a participant's menu work. */
export function offerModeration(menu: HTMLElement, channel: RoomChoice, identity: string): void {
  for (const button of menu.querySelectorAll<HTMLButtonElement>('[data-moderate]')) {
    const operation = toParticipantOperation(button.dataset['moderate'], identity);
    button.onclick = () => press(button, 'moderation-result', channel, operation);
  }
}

/** Makes the buttons of a channel work. */
export function startModeration(channel: () => RoomChoice): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-manage]')) {
    button.onclick = () => {
      const operation = toChannelOperation(button.dataset['manage'], channel().name);
      return press(button, 'access-result', channel(), operation);
    };
  }
}

/** Before another user, channel or room is shown. */
export function forgetModeration(place: Place): void {
  turns[place].end();
  clearPanel(byId(place));
}

async function press(button: HTMLButtonElement, place: Place, channel: RoomChoice, operation: Operation) {
  button.disabled = true;
  await perform(place, channel, operation, () => button.click());
  button.disabled = false;
  // A disabled button, and one of a panel that was replaced, lose the focus.
  if (document.activeElement === document.body) button.focus();
}

async function perform(place: Place, channel: RoomChoice, operation: Operation, retry: () => void): Promise<void> {
  const session = currentSession();
  if (session === undefined) return;
  const { route, method, body, what, needs, done, undo } = operation;
  const isCurrent = turns[place].watch();
  const answer = await callEndpoint(session.userToken, {
    path: `/channels/${encodeURIComponent(channel.id)}/${route}`,
    ...(method ? { method } : {}),
    ...(body ? { body } : {}),
  });
  if (!isCurrent()) return;
  const undoing = undo && {
    label: undo.label,
    run: () => perform(place, channel, undo.operation, undoing?.run ?? retry),
  };
  const actions = undoing ? [undoing] : [];
  if (answer.status === 200 || answer.status === 201) return showPanel(byId(place), { ...done, actions });
  const attempt = {
    what,
    user: session.name,
    hasExpired: hasExpired(session),
    needs,
    isSignedHere: session.way === 'secret',
    retry,
  };
  const panel = explain(answer, attempt);
  const until = parseUntil(answer);
  showPanel(byId(place), until === undefined ? panel : withKick(panel, until, actions));
}

/** Adds to an error that the kick is stored: the participant was not removed, but gets no token. */
const withKick = (panel: Panel, until: number, actions: NonNullable<Panel['actions']>): Panel => ({
  ...panel,
  text: `${panel.text ?? ''} The kick is stored until ${formatTime(until)}.`.trim(),
  actions: [...(panel.actions ?? []), ...actions],
});

/** The end of a stored kick, in milliseconds of Unix time. */
function parseUntil({ body }: Answer): number | undefined {
  const until = (body as { until?: unknown } | null | undefined)?.until;
  return typeof until === 'string' ? Date.parse(until) : undefined;
}
