// Writes the results of a run as Markdown and a chart.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { svg } from './svg.mjs';
import { markdownTable, screenTable } from './table.mjs';

/**
 * @typedef {object} Report
 * @property {import('./section.mjs').Section[]} sections
 * @property {import('./table.mjs').Table} goals
 * @property {string[]} machine
 * @property {string[]} remarks
 */

/** @param {import('./section.mjs').Section} section */
export function screenSection({ title, tables, skipped }) {
  const lines = [`\n${title}`];
  for (const { caption, table } of tables) lines.push(...(caption ? [` ${caption}`] : []), screenTable(table), '');
  for (const reason of skipped) lines.push(`  skipped: ${reason}`);
  return lines.join('\n');
}

/**
 * @param {string} folder
 * @param {Report} report
 */
export function write(folder, { sections, goals, machine, remarks }) {
  mkdirSync(folder, { recursive: true });
  const parts = [
    '# Results',
    `Made by \`npm run bench\`; never edited. [bench/README.md](../README.md) says how it measures.`,
  ];
  parts.push(...remarks, machine.map((line) => `- ${line}`).join('\n'));
  parts.push('Figures are medians, with the quartiles in brackets; ratios are taken round by round within this run.');
  parts.push('![chart](results.svg)', '## Goals', markdownTable(goals));
  for (const { title, notes, tables, skipped } of sections) {
    parts.push(`## ${title}`, ...notes);
    for (const { caption, table } of tables) parts.push(...(caption ? [`**${caption}**`] : []), markdownTable(table));
    if (skipped.length > 0) parts.push(skipped.map((reason) => `- skipped: ${reason}`).join('\n'));
  }
  writeFileSync(join(folder, 'results.md'), `${parts.join('\n\n')}\n`);
  writeFileSync(join(folder, 'results.svg'), svg(sections.flatMap(({ charts }) => charts)));
}

const README = join(root, 'bench', 'README.md');
const BEGIN = '<!-- The goals as the last whole run found them; written by npm run bench. -->';
const END = '<!-- Up to here. -->';

/** Writes the goals into the README. @param {import('./table.mjs').Table} goals */
export function writeGoals(goals) {
  const text = readFileSync(README, 'utf8');
  const [before, rest = ''] = text.split(BEGIN);
  const [, after] = rest.split(END);
  if (after === undefined) throw new Error('bench/README.md has no place for the goals');
  writeFileSync(README, `${before}${BEGIN}\n\n${markdownTable(goals)}\n\n${END}${after}`);
}
