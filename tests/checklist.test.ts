/** Every row and weakness of the specification's checklist has a test that names it in its title: `row 21`, `rows 22-26`, `W3`. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** Rows of the checklist that a test can show; the others are documentation, or planned. */
const ROWS = [...range(1, 64), ...range(69, 74)];
/** Weaknesses of the specification that this package corrects. */
const WEAKNESSES = [...range(1, 14), 18, 19];

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
}

/** The rows and weaknesses in a title: `rows 1-3, 5; W7`, `rows_1_to_3_and_5`, `w7_w9_`. */
function named(title: string): { rows: number[]; weaknesses: number[] } {
  const text = title.replaceAll('_', ' ');
  const lists = text.matchAll(/\brows? (\d+(?:(?:-| to |, | and )\d+)*)\b/gi);
  const marks = text.matchAll(/\bW(\d+)(?:(?:-| to )W?(\d+))?\b/gi);
  return {
    rows: [...lists].flatMap(([, list = '']) => list.split(/, | and /).flatMap(numbers)),
    weaknesses: [...marks].flatMap(([, from = '', to = from]) => range(Number(from), Number(to))),
  };
}

function numbers(list: string): number[] {
  const [from = '', to = from] = list.split(/-| to /);
  return range(Number(from), Number(to));
}

/** The titles of the tests in a source file; in Rust the test's name and the comment on it. */
function titles(source: string, isRust: boolean): string[] {
  const pattern = isRust
    ? /((?:^[ \t]*\/\/\/.*\n)*)(?:^[ \t]*#\[.*\]\n)*^[ \t]*#\[test\]\n(?:^[ \t]*#\[.*\]\n)*^[ \t]*fn (\w+)/gm
    : /\b(?:test|describe|it)\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs;
  return [...source.matchAll(pattern)].map(([, before, name]) => (isRust ? `${before}${name}` : `${name}`));
}

test('every row and every weakness has a test that names it', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const found = files
    .filter((file) => /\.(test\.ts|rs)$/.test(file) && !file.startsWith('checklist'))
    .flatMap((file) => titles(readFileSync(join(import.meta.dirname, file), 'utf8'), file.endsWith('.rs')))
    .map(named);
  const rows = new Set(found.flatMap(({ rows }) => rows));
  const weaknesses = new Set(found.flatMap(({ weaknesses }) => weaknesses));
  assert.deepEqual(
    ROWS.filter((row) => !rows.has(row)),
    [],
    'rows without a test',
  );
  assert.deepEqual(
    WEAKNESSES.filter((weakness) => !weaknesses.has(weakness)),
    [],
    'weaknesses without a test',
  );
});

test('the parser of titles finds these rows and weaknesses, and no others', () => {
  assert.deepEqual(named('rows 1-3, 5 and 7; W7: at 9'), { rows: [1, 2, 3, 5, 7], weaknesses: [7] });
  assert.deepEqual(named('rows_49_to_51_key'), { rows: [49, 50, 51], weaknesses: [] });
  assert.deepEqual(named('row_12_w6_w9_room_id'), { rows: [12], weaknesses: [6, 9] });
  assert.deepEqual(named('W5-W8, W10'), { rows: [], weaknesses: [5, 6, 7, 8, 10] });
  assert.deepEqual(named('arrows 4, W3C, new 8, row x'), { rows: [], weaknesses: [] });
  const typescript =
    "// row 1\ntest('row 2: it\\'s', f);\ndescribe(`row 3`, g);\ntest(\n  \"row 4\", h);\nlatest('row 5');\nit('row 6', i);\nsplit('row 7')";
  assert.deepEqual(
    titles(typescript, false).flatMap((title) => named(title).rows),
    [2, 3, 4, 6],
  );
  const rust =
    '//! row 1\n/// row 2\n/// W3.\n#[test]\nfn row_4_x() {}\n\nfn row_5_helper() {}\n#[test]\nfn row_6() {}\n';
  assert.deepEqual(titles(rust, true).map(named), [
    { rows: [2, 4], weaknesses: [3] },
    { rows: [6], weaknesses: [] },
  ]);
});
