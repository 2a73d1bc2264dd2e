/** What a page must look like, whatever it shows. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Minimum height of what is pressed with a finger, in px (WCAG 2.5.5). */
const TARGET = 44;
const PRESSED =
  'button, a, select, summary, textarea, input:not([type=radio], [type=checkbox]), label:has([type=radio], [type=checkbox])';

/** Fails if axe finds a violation. @param when - the state of the page, for the message */
export async function mustBeAccessible(page: Page, when: string): Promise<void> {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          options: object,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run({ resultTypes: ['violations'] });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`).join('\n')}`,
    );
  });
  assert.deepEqual(violations, [], when);
}

/** Fails if the page scrolls sideways, or has something to press that is lower than a finger needs. */
export async function mustFit(page: Page): Promise<void> {
  const [scroll, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.equal(scroll, width, 'the page scrolls sideways');
  const small = await page.evaluate(
    ([pressed, target]) =>
      [...document.querySelectorAll(pressed)]
        .map((element) => ({ element, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.height > 0 && box.height < target)
        .map(({ element, box }) => `${element.outerHTML.slice(0, 100)}: ${box.height} px`),
    [PRESSED, TARGET] as const,
  );
  assert.deepEqual(small, [], 'too low to press');
}
