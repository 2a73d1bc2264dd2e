/** Starts, stops and lists the recordings of a channel. */
import type { RoomChoice } from '../ask/room-choice.ts';
import { byId, icon, isolated, make } from '../dom.ts';
import { type Answer, type Call, callEndpoint } from '../endpoint.ts';
import { explain } from '../explain/explain.ts';
import { clearPanel, createTurn, type Panel, showPanel } from '../panel.ts';
import { currentSession, hasExpired } from '../session/session.ts';
import { formatTime } from '../time.ts';

interface Recording {
  recordingId: string;
  status: string;
  startedBy: string;
  requestedAt: string;
  startedAt?: string;
  endedAt?: string;
  error?: string;
  files: { name: string; location?: string; size?: number; durationSeconds?: number }[];
}

const REFRESH_MS = 2000;
/** States of a recording that another one follows. */
const UNFINISHED = ['starting', 'active', 'ending'];
const KINDS: Record<string, string> = { active: 'error', complete: 'good', failed: 'warning', aborted: 'warning' };

let timer: ReturnType<typeof setTimeout> | undefined;
/** Ends when user or channel changes, so that late responses are dropped. */
const turn = createTurn();

export function startRecordings(channel: () => RoomChoice): void {
  byId('start-recording').onclick = () => record(channel());
  byId('list-recordings').onclick = () => list(channel());
}

/** Before another channel or user is shown. */
export function forgetRecordings(): void {
  turn.end();
  clearTimeout(timer);
  clearPanel(byId('recording-result'));
  byId('recordings').replaceChildren();
  byId('recordings').hidden = true;
}

const result = (panel: Panel): void => showPanel(byId('recording-result'), panel);

async function record(channel: RoomChoice): Promise<void> {
  const audioOnly = byId<HTMLInputElement>('audio-only').checked;
  const answer = await call(channel, `record ${isolated(channel.name)}`, '', { body: { audioOnly } }, () =>
    record(channel),
  );
  if (answer === undefined) return;
  result({
    kind: 'good',
    icon: 'record',
    title: 'The recording has been started',
    text: 'Its state is in the list below.',
  });
  await list(channel, true);
}

async function stop(channel: RoomChoice, id: string): Promise<void> {
  const what = `stop the recording of ${isolated(channel.name)}`;
  const answer = await call(channel, what, `/${encodeURIComponent(id)}/stop`, {}, () => stop(channel, id));
  if (answer === undefined) return;
  result({
    kind: 'good',
    icon: 'record',
    title: 'The recording has been stopped',
    text: 'Its files are listed once they are uploaded.',
  });
  await list(channel, true);
}

/** @param keepsResult - whether the panel above the list stays */
async function list(channel: RoomChoice, keepsResult = false): Promise<void> {
  clearTimeout(timer);
  const what = `list the recordings of ${isolated(channel.name)}`;
  const answer = await call(channel, what, '', { method: 'GET' }, () => list(channel));
  if (answer === undefined) return;
  if (!keepsResult) clearPanel(byId('recording-result'));
  const { recordings } = answer.body as { recordings: Recording[] };
  const items = recordings.map((recording) => toItem(channel, recording));
  const focused = (document.activeElement as HTMLElement | null)?.dataset['stop'];
  byId('recordings').replaceChildren(...items);
  byId('recordings').hidden = items.length === 0;
  if (focused !== undefined)
    byId('recordings')
      .querySelector<HTMLElement>(`[data-stop="${CSS.escape(focused)}"]`)
      ?.focus();
  if (items.length === 0) {
    return result({ kind: 'info', icon: 'record', title: 'No recordings yet', next: 'Join the room, then start one.' });
  }
  if (recordings.some(({ status }) => UNFINISHED.includes(status))) {
    timer = setTimeout(() => list(channel, true), REFRESH_MS);
  }
}

/** Resolves to a successful response. Any other is explained on the page; a late one is dropped. */
async function call(
  { id }: RoomChoice,
  what: string,
  path: string,
  request: Pick<Call, 'method' | 'body'>,
  retry: () => void,
): Promise<Answer | undefined> {
  const session = currentSession();
  if (session === undefined) return undefined;
  const isCurrent = turn.watch();
  const answer = await callEndpoint(session.userToken, {
    path: `/channels/${encodeURIComponent(id)}/recordings${path}`,
    ...request,
  });
  if (!isCurrent()) return undefined;
  if (answer.status === 200 || answer.status === 201) return answer;
  const attempt = {
    what,
    user: session.name,
    hasExpired: hasExpired(session),
    needs: 'RECORD_CHANNEL on the channel',
    isSignedHere: session.way === 'secret',
    retry,
  };
  result(explain(answer, attempt));
  return undefined;
}

function toItem(channel: RoomChoice, recording: Recording): HTMLElement {
  const { recordingId, status, startedBy, requestedAt, error, files } = recording;
  const chip = make('span', `chip ${KINDS[status] ?? 'info'}`, icon('record'), status.replace('_', ' '));
  const about = make('p', 'hint', `${formatTime(Date.parse(requestedAt))} by ${isolated(startedBy)}`);
  const item = make('li', 'recording', make('div', 'recording-head', chip, about));
  if (error !== undefined) item.append(make('p', '', "It failed; the log of LiveKit's server has the reason."));
  for (const file of files) item.append(make('p', 'file', make('code', '', file.name), ` ${formatSize(file)}`));
  if (status === 'starting' || status === 'active') {
    const button = make('button', '', 'Stop');
    button.type = 'button';
    button.dataset['stop'] = recordingId;
    button.onclick = () => stop(channel, recordingId);
    item.firstElementChild?.append(button);
  }
  return item;
}

function formatSize({ size, durationSeconds }: Recording['files'][number]): string {
  const parts = [
    size === undefined ? '' : `${(size / 1_000_000).toFixed(1)} MB`,
    durationSeconds === undefined ? '' : `${Math.round(durationSeconds)} s`,
  ];
  return parts.filter(Boolean).join(', ');
}
