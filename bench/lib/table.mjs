// Formats tables for the terminal and for Markdown.

/** @typedef {{ columns: string[], rows: string[][] }} Table the first column is a name, most others are figures */

/** @param {Table} table */
export function screenTable({ columns, rows }) {
  const lines = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...lines.map((cells) => [...(cells[column] ?? '')].length)));
  const pad = (/** @type {string} */ text, /** @type {number} */ column) => {
    const space = ' '.repeat((widths[column] ?? 0) - [...text].length);
    return column === 0 ? text + space : space + text;
  };
  const line = (/** @type {string[]} */ cells) => `  ${cells.map(pad).join('   ')}`.trimEnd();
  return [line(columns), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}

/** @param {Table} table */
export function markdownTable({ columns, rows }) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const isFigures = (/** @type {number} */ column) =>
    column > 0 && rows.every((cells) => /^(\d|×|–|at |not |$)/.test(cells[column] ?? ''));
  const rule = `|${columns.map((name, column) => (isFigures(column) && name !== 'remark' ? '---:' : '---')).join('|')}|`;
  return [line(columns), rule, ...rows.map(line)].join('\n');
}
