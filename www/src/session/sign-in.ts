/** The form to sign in: as a demo user, with a user token, or with the secret that signs one. */
import { byId, isolated, make } from '../dom.ts';
import { type Action, clearPanel, type Panel, showPanel } from '../panel.ts';
import { formatTime } from '../time.ts';
import { type DemoChoices, type DemoUser, demoChoices } from './demo.ts';
import { hasExpired, type Session, sessionBySecret, setSession, toSession } from './session.ts';

type Way = Session['way'];

/** The maximum of a browser's timer, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

let users: readonly DemoUser[] = [];
let expiry: ReturnType<typeof setTimeout> | undefined;

/** Starts the form, as the first demo user. Resolves to what the demo has. */
export async function startSignIn(): Promise<DemoChoices> {
  byId('user').addEventListener('change', signInAsDemoUser);
  for (const radio of radios()) radio.addEventListener('change', () => choose(radio.value as Way));
  byId('sign-in').addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  radios()
    .filter(({ value }) => value === 'demo')
    .forEach((radio) => {
      // A browser restores what was chosen before a reload, and what was typed is gone.
      radio.checked = true;
    });
  return loadDemo();
}

const radios = () => [...document.querySelectorAll<HTMLInputElement>('#sign-in [name=way]')];
const place = () => byId('signed-in');

/** Gets the demo's users with new user tokens, and signs in as the chosen one. */
async function loadDemo(): Promise<DemoChoices> {
  try {
    const choices = await demoChoices();
    const select = byId<HTMLSelectElement>('user');
    const chosen = select.value;
    users = choices.users;
    const options = users.map(({ id, name, about }) => {
      const option = make('option', '', about ? `${name} (${about})` : name);
      option.value = id;
      return option;
    });
    select.replaceChildren(...options);
    if (users.some(({ id }) => id === chosen)) select.value = chosen;
    signInAsDemoUser();
    return choices;
  } catch {
    setSession(undefined);
    showPanel(place(), {
      kind: 'error',
      icon: 'offline',
      title: 'The demo users could not be loaded',
      text: 'The server of this page does not respond.',
      next: 'Is npm start still running? Start it again, then reload this page.',
      actions: [{ label: 'Reload', run: () => location.reload() }],
    });
    return { users: [], channels: [], groups: [] };
  }
}

function signInAsDemoUser(): void {
  const user = users.find(({ id }) => id === byId<HTMLSelectElement>('user').value);
  if (user !== undefined) start(toSession('demo', user.token, user.name));
}

function choose(way: Way): void {
  for (const part of document.querySelectorAll<HTMLElement>('#sign-in [data-way]')) {
    part.hidden = !part.dataset['way']?.split(' ').includes(way);
  }
  forgetFields();
  clearTimeout(expiry);
  clearPanel(place());
  if (way === 'demo') signInAsDemoUser();
  else setSession(undefined);
}

function submit(): void {
  const way = radios().find(({ checked }) => checked)?.value as Way;
  try {
    if (way === 'token') start(toSession(way, field('user-token').value));
    if (way === 'secret') start(sessionBySecret(field('user-id').value.trim(), field('jwt-secret').value));
    forgetFields();
  } catch (error) {
    setSession(undefined);
    showPanel(place(), toPanel(way, error as Error));
  }
}

/** Also of the DOM: nothing that is on the page shows a secret, and a reload cannot restore it. */
function forgetFields(): void {
  for (const id of ['user-token', 'jwt-secret']) field(id).value = '';
}

const field = (id: string) => byId<HTMLInputElement>(id);

function toPanel(way: Way, { message }: Error): Panel {
  return way === 'token'
    ? {
        kind: 'warning',
        title: 'This is not a user token',
        text: message,
        next: 'Paste all of the JWT, from eyJ to the end of its third part.',
      }
    : {
        kind: 'warning',
        title: 'No user token could be signed',
        messages: [message],
        next: 'Type the ID of a user and the JWT_SECRET of the endpoint.',
      };
}

function start(session: Session): void {
  show(session);
  setSession(session);
  clearTimeout(expiry);
  const { expiresAt } = session;
  if (expiresAt === undefined || hasExpired(session)) return;
  const left = expiresAt * 1000 - Date.now();
  expiry = setTimeout(() => show(session), Math.min(left, LONGEST_TIMER));
}

function show(session: Session): void {
  if (hasExpired(session)) {
    showPanel(place(), expired(session));
    return;
  }
  const { name, userId, expiresAt } = session;
  const initial = make('span', 'avatar', [...name][0]?.toUpperCase() ?? '?');
  initial.setAttribute('aria-hidden', 'true');
  const who = make('b', '', name);
  who.dir = 'auto';
  const about = make('span', 'hint');
  if (name !== userId) about.append(make('code', '', userId), ' · ');
  about.append(
    expiresAt === undefined
      ? 'the user token has no exp, which the endpoint requires'
      : `user token until ${formatTime(expiresAt * 1000)}`,
  );
  const text = make('p', '', make('span', 'sr-only', 'Signed in as '), who, ' ', about);
  clearPanel(place());
  place().append(make('div', 'signed-in', initial, text));
}

function expired({ way, name, expiresAt = 0 }: Session): Panel {
  const again: Action = { label: 'Get a new user token', run: loadDemo };
  return {
    kind: 'warning',
    icon: 'clock',
    title: `The user token of ${isolated(name)} has expired`,
    text: `It was valid until ${formatTime(expiresAt * 1000)}. The endpoint refuses it, and an open connection that uses it ends.`,
    ...(way === 'demo' ? { actions: [again] } : { next: 'Sign in again above with a new one.' }),
  };
}
