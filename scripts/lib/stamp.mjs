// Stores a digest of a step's inputs and outputs, so that a step whose inputs did not change is skipped.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root, stamps } from './paths.mjs';

/**
 * One digest over files, folders (all files in them, by name) and other strings. A missing file counts as such.
 * @param {string[]} paths
 * @param {string[]} [words] anything else the result depends on: flags, versions
 */
export function digest(paths, words = []) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`word ${word}\0`);
  for (const path of paths.flatMap(filesUnder)) {
    hash.update(`file ${relative(root, path)}\0`);
    hash.update(existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'missing');
  }
  return hash.digest('hex');
}

/** @param {string} path @returns {string[]} */
function filesUnder(path) {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).sort();
  return names.flatMap((name) => filesUnder(join(path, name)));
}

/**
 * Does `work` unless the stamp says that it was done with these very inputs and that its outputs are still as it
 * left them (so a deleted or edited output is made again).
 * @param {string} name the stamp's name
 * @param {{ inputs: string, outputs: string[] }} what a digest of the inputs, and the files or folders made
 * @param {() => Promise<unknown>} work
 * @returns {Promise<boolean>} whether it was done
 */
export async function unlessFresh(name, { inputs, outputs }, work) {
  const file = join(stamps, name);
  const state = () => `${inputs} ${digest(outputs)}`;
  if (existsSync(file) && readFileSync(file, 'utf8') === state()) return false;
  await work();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, state());
  return true;
}
