/** The buttons that copy a snippet. What was copied is also shown, because a browser may not allow the clipboard. */
import { byId, showText } from '../dom.ts';
import { SNIPPETS, type SnippetName } from './snippets.ts';
import type { TokenRequest } from './token-request.ts';

let last: TokenRequest | undefined;

/** @param request - undefined if there is nothing to copy */
export function offerCopies(request: TokenRequest | undefined): void {
  last = request;
  byId('copies').hidden = request === undefined;
  byId('copy-status').textContent = '';
  showText(byId('copy-text'), undefined);
  for (const button of buttons()) {
    if (button.dataset['copy'] === 'tokenSource') button.hidden = request?.room.kind === 'group';
  }
}

export function startCopies(): void {
  for (const button of buttons()) {
    button.addEventListener('click', () => copy(button.dataset['copy'] as SnippetName));
  }
}

const buttons = () => document.querySelectorAll<HTMLElement>('[data-copy]');

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
    : `The browser does not let this page copy: select the ${label} below.`;
}
