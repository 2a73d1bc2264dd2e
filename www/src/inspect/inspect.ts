/** The lower half of the page: any token, decoded, checked and judged as one types. Nothing here talks to a server. */
import { type Decoded, decode, inspect as inspectToken, tokenIn } from '#inspect';
import { byId, make } from '../dom.ts';
import { showToken } from '../token/view.ts';
import { type Verdict, verdictOf } from './verdict.ts';

const NOTHING = 'Paste a token to see what it allows, and what a LiveKit server would refuse.';
const KINDS = { unknown: 'hint', good: 'good', bad: 'bad' };

/** Starts the half; the answer takes a token over from elsewhere on the page. */
export function startInspecting(): (token: string) => void {
  const pasted = byId<HTMLTextAreaElement>('pasted');
  const secret = byId<HTMLInputElement>('secret');
  let typed = 0;
  const look = async () => {
    const turn = ++typed;
    await inspect(pasted.value, secret.value, () => turn === typed);
  };
  pasted.addEventListener('input', look);
  secret.addEventListener('input', look);
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

/** @param isCurrent - false once more has been typed: a slow answer must not replace a newer one */
async function inspect(text: string, secret: string, isCurrent: () => boolean): Promise<void> {
  const token = tokenIn(text);
  if (token === '') return show({ kind: 'unknown', sentence: NOTHING, refused: [], warnings: [] });
  let decoded: Decoded;
  try {
    decoded = decode(token);
  } catch (error) {
    return show({ kind: 'bad', sentence: (error as Error).message, refused: [], warnings: [] });
  }
  const inspection = await inspectToken(decoded, secret, Math.floor(Date.now() / 1000));
  if (isCurrent()) show(verdictOf(inspection, decoded.claims), decoded);
}

function show(verdict: Verdict, token?: Decoded): void {
  const sentence = byId('verdict');
  sentence.textContent = verdict.sentence;
  sentence.className = KINDS[verdict.kind];
  byId('findings').replaceChildren(
    ...list('A LiveKit server would refuse it', 'refused', verdict.refused),
    ...list('Worth a second look', 'careful', verdict.warnings),
  );
  if (token === undefined) byId('pasted-token').replaceChildren();
  else showToken(byId('pasted-token'), token);
}

function list(title: string, className: string, sentences: readonly string[]): HTMLElement[] {
  if (sentences.length === 0) return [];
  const items = sentences.map((sentence) => make('li', '', sentence));
  return [make('h4', '', title), make('ul', `findings ${className}`, ...items)];
}
