/** The buttons that copy a snippet. What was copied is also shown, for whoever may not use the clipboard. */
import { byId, showText } from '../dom.ts';
import type { Question } from './endpoint.ts';
import { SNIPPETS, type SnippetName } from './snippets.ts';

let last: Question | undefined;

export function offerCopies(question: Question): void {
  last = question;
  byId('copies').hidden = false;
  byId('copy-status').textContent = '';
  showText(byId('copy-text'), undefined);
}

export function startCopies(): void {
  for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) {
    button.addEventListener('click', () => copy(button.dataset['copy'] as SnippetName));
  }
}

async function copy(name: SnippetName): Promise<void> {
  if (last === undefined) return;
  const { label, use, write } = SNIPPETS[name];
  const text = write(last, location.origin);
  showText(byId('copy-text'), text);
  const copied = await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
  byId('copy-status').textContent = copied
    ? `The ${label} is copied, with the user token in it. ${use}`
    : `The browser does not let this page copy: take the ${label} from here.`;
}
