/** A page in Firefox: what the tests do with it and what it must not do. */
import assert from 'node:assert/strict';
import { startFirefox } from './bidi.ts';

const WAIT_MS = 15_000;

export async function openInFirefox(program: string, url: string) {
  const complaints: string[] = [];
  const requests: string[] = [];
  const browser = await startFirefox(program, ({ method, params }) => {
    if (method === 'network.beforeRequestSent') requests.push((params['request'] as { url: string }).url);
    if (method === 'log.entryAdded' && /error|warn/.test(`${params['level']}`)) complaints.push(`${params['text']}`);
  });
  const { contexts } = (await browser.send('browsingContext.getTree', {})) as { contexts: { context: string }[] };
  const context = contexts[0]?.context;
  const target = { context };
  await browser.send('session.subscribe', {
    events: ['log.entryAdded', 'network.beforeRequestSent'],
    contexts: [context],
  });
  const goto = async () => {
    await browser.send('browsingContext.navigate', { context, url, wait: 'complete' });
    // Keys go to the page, and not to the field for addresses.
    await browser.send('browsingContext.activate', { context });
  };

  /** The value of an expression in the page, through JSON. */
  async function evaluate<T>(expression: string): Promise<T> {
    const wrapped = `(async () => JSON.stringify(await (${expression})))()`;
    const answer = await browser.send('script.evaluate', {
      expression: wrapped,
      target,
      awaitPromise: true,
      userActivation: true,
    });
    if (answer['type'] !== 'success') throw new Error(`${expression}: ${JSON.stringify(answer['exceptionDetails'])}`);
    const { value } = answer['result'] as { value?: string };
    return value === undefined ? (undefined as T) : JSON.parse(value);
  }

  async function waitFor(expression: string): Promise<void> {
    for (const end = Date.now() + WAIT_MS; Date.now() < end; await new Promise((wake) => setTimeout(wake, 50))) {
      if (await evaluate<boolean>(`Boolean(${expression})`)) return;
    }
    assert.fail(`never true in Firefox: ${expression}\n${await evaluate('document.body.innerText')}`);
  }

  const focus = (selector: string) => evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`);
  const type = (text: string) => {
    const actions = [...text].flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]);
    return browser.send('input.performActions', { context, actions: [{ type: 'key', id: 'keyboard', actions }] });
  };
  return {
    goto,
    evaluate,
    waitFor,
    requests,
    complaints,
    text: (selector: string) => evaluate<string>(`document.querySelector(${JSON.stringify(selector)}).innerText`),
    /** With the pointer of a mouse. */
    async press(selector: string) {
      await evaluate(`document.querySelector(${JSON.stringify(selector)}).scrollIntoView({ block: 'center' })`);
      const box = `(({ x, y, width, height }) => [Math.round(x + width / 2), Math.round(y + height / 2)])`;
      const [x, y] = await evaluate<[number, number]>(
        `${box}(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`,
      );
      const actions = [
        { type: 'pointerMove', x, y },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ];
      await browser.send('input.performActions', { context, actions: [{ type: 'pointer', id: 'mouse', actions }] });
    },
    async type(selector: string, text: string) {
      await focus(selector);
      await type(text);
    },
    stop: browser.stop,
  };
}

export type FirefoxPage = Awaited<ReturnType<typeof openInFirefox>>;
