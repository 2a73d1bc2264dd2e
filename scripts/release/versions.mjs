// Names every place that repeats the version of Cargo.toml: users copy it from some, registries compare others.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';

const NUMBER = String.raw`\d+\.\d+\.\d+(?:-[a-z]+\.\d+)?`;
/** The workspace's version, which is the one that is chosen. */
const WORKSPACE = pattern(String.raw`(\[workspace\.package\]\nversion = ")(${NUMBER})(?=")`);
const CARGO_LOCK = pattern(
  String.raw`(name = "(?:livekit-edge|livekit-edge-wasm|xtask)"\nversion = ")(${NUMBER})(?=")`,
);
const JSON_FIELD = pattern(String.raw`(\n {2}"version": ")(${NUMBER})(?=")`);

/** Each has the version at least once. @type {Record<string, RegExp>} */
const PLACES = {
  'Cargo.toml': WORKSPACE,
  'Cargo.lock': CARGO_LOCK,
  'bench/native/Cargo.lock': CARGO_LOCK,
  'fuzz/Cargo.lock': CARGO_LOCK,
  'examples/axum/Cargo.lock': CARGO_LOCK,
  'examples/axum/Cargo.toml': pattern(String.raw`(\nlivekit-edge = \{ version = ")(${NUMBER})(?=")`),
  'pkg/package.json': JSON_FIELD,
  'pkg/jsr.json': JSON_FIELD,
  'package-lock.json': pattern(String.raw`("name": "livekit-edge",\n\s+"version": ")(${NUMBER})(?=")`),
  'pkg/src/server/openapi/document.ts': pattern(`(const VERSION = ')(${NUMBER})(?=')`),
};

/** Documents and examples, which may have it: a tarball's name, a dependency, an import. */
const PROSE = ['README.md', 'docs', 'examples', 'pkg/README.md'];
const MENTION = pattern(`(livekit-edge(?:-|@|": "|@\\^|": "\\^))(${NUMBER})(?=\\.tgz|["/\\s\`])`);

/** @typedef {{ file: string, line: number, version: string }} Mention */

/** @param {string} source */
function pattern(source) {
  return new RegExp(source, 'g');
}

/** Every file that has the version, and how it is found there. @returns {[file: string, pattern: RegExp][]} */
function files() {
  const tracked = execFileSync('git', ['ls-files', '-z', '--', ...PROSE], { cwd: root, encoding: 'utf8' });
  const prose = tracked.split('\0').filter((file) => /\.(md|json)$/.test(file) && !file.endsWith('lock.json'));
  return [...Object.entries(PLACES), ...prose.map((file) => /** @type {[string, RegExp]} */ ([file, MENTION]))];
}

/** @param {string} file */
export const readTracked = (file) => readFileSync(join(root, file), 'utf8');

/**
 * Every version that is written somewhere. A file of {@link PLACES} without one is an error.
 * @param {(file: string) => string} [read]
 * @returns {Mention[]}
 */
export function mentions(read = readTracked) {
  return files().flatMap(([file, wanted]) => {
    const text = read(file);
    const found = [...text.matchAll(wanted)].map(({ index, 1: before = '', 2: version = '' }) => ({
      file,
      line: text.slice(0, index + before.length).split('\n').length,
      version,
    }));
    if (found.length === 0 && file in PLACES) throw new Error(`${file} has no version where one is expected`);
    return found;
  });
}

/** @param {(file: string) => string} [read] */
export function workspaceVersion(read = readTracked) {
  const [, , version] = new RegExp(WORKSPACE.source).exec(read('Cargo.toml')) ?? [];
  if (version === undefined) throw new Error('Cargo.toml has no version of the workspace');
  return version;
}

/**
 * The files that change with a new version, with their new text.
 * @param {string} version
 * @returns {Map<string, string>}
 */
export function withVersion(version) {
  const changed = new Map();
  for (const [file, wanted] of files()) {
    const before = readTracked(file);
    const after = before.replace(wanted, (_, start) => start + version);
    if (after !== before) changed.set(file, after);
  }
  return changed;
}

/** @param {string} text */
export const isVersion = (text) => new RegExp(`^${NUMBER}$`).test(text);
