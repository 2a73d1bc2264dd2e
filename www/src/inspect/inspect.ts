/** The form that inspects any token, on each input. It sends no request. */
import { type Decoded, decode, inspect as inspectToken, tokenIn } from '#inspect';
import { byId, make } from '../dom.ts';
import { createTurn, type Panel, showPanel } from '../panel.ts';
import { showToken } from '../token/view.ts';
import { toVerdict, type Verdict } from './verdict.ts';

const NOTHING: Panel = {
  kind: 'info',
  title: 'No token yet',
  text: 'Paste a token to see what it allows, and why a LiveKit server would refuse it.',
};
const notToken = ({ message }: Error): Panel => ({
  kind: 'error',
  title: 'This is not a token',
  text: message,
  next: 'Paste all of it, from eyJ to the end of its third part.',
});

/** Starts the form; returns the function to which the page passes each token that it gets. */
export function startInspecting(): (token: string) => void {
  const pasted = byId<HTMLTextAreaElement>('pasted');
  const secret = byId<HTMLInputElement>('secret');
  const turn = createTurn();
  const look = async () => {
    turn.end();
    await inspect(pasted.value, secret.value, turn.watch());
  };
  pasted.addEventListener('input', look);
  secret.addEventListener('input', look);
  look();
  byId('clear').addEventListener('click', () => {
    pasted.value = '';
    secret.value = '';
    look();
    pasted.focus();
  });
  let mine = '';
  byId('use-mine').addEventListener('click', () => {
    pasted.value = mine;
    look();
  });
  return (token) => {
    mine = token;
    byId<HTMLButtonElement>('use-mine').disabled = false;
  };
}

/** @param isCurrent - false after another input: an inspection that ends late must not replace a newer one */
async function inspect(text: string, secret: string, isCurrent: () => boolean): Promise<void> {
  const token = tokenIn(text);
  if (token === '') return show({ panel: NOTHING, refused: [], warnings: [] });
  let decoded: Decoded;
  try {
    decoded = decode(token);
  } catch (error) {
    return show({ panel: notToken(error as Error), refused: [], warnings: [] });
  }
  const inspection = await inspectToken(decoded, secret, Math.floor(Date.now() / 1000));
  if (isCurrent()) show(toVerdict(inspection, decoded.claims), decoded);
}

function show(verdict: Verdict, token?: Decoded): void {
  showPanel(byId('verdict'), verdict.panel);
  byId('findings').replaceChildren(
    ...list('Why a LiveKit server refuses it', 'error', verdict.refused),
    ...list('Check before you use it', 'warning', verdict.warnings),
  );
  if (token === undefined) byId('pasted-token').replaceChildren();
  else showToken(byId('pasted-token'), token);
}

function list(title: string, className: string, sentences: readonly string[]): HTMLElement[] {
  if (sentences.length === 0) return [];
  const items = sentences.map((sentence) => make('li', '', sentence));
  return [make('h4', '', title), make('ul', `findings ${className}`, ...items)];
}
