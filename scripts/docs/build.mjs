// Makes the site of the documentation: TypeDoc's reference and pages, rustdoc's reference, and a check of every link in them.
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCi, WITHOUT_SCRIPTS } from '../lib/npm-ci.mjs';
import { node24, root } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { mustRun } from '../lib/run.mjs';
import { cargoEnvironment } from '../setup/targets.mjs';
import { brokenLinks } from './links.mjs';

/** The finished site. */
export const SITE = join(root, 'target', 'docs');

const TOOLS = join(root, 'docs', 'site');
const TYPEDOC = join(TOOLS, 'node_modules', 'typedoc', 'bin', 'typedoc');
/** Of its own, so that the documentation has no crate that another command left behind. */
const CARGO_TARGET = join(root, 'target', 'rustdoc');
/** The first page of a folder with one crate. */
const FORWARD = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>livekit-edge</title>
<meta http-equiv="refresh" content="0; url=livekit_edge/index.html">
<a href="livekit_edge/index.html">The crate livekit-edge</a></html>
`;
const SECONDS = 240;

/**
 * Installs TypeDoc, and the TypeScript that it needs, which is older than ours.
 * @returns {Promise<string | undefined>} why it cannot be had
 */
export async function installTools() {
  const files = ['package.json', 'package-lock.json', '.npmrc'].map((file) => join(TOOLS, file));
  return (await npmCi({ stamp: 'docs', what: 'TypeDoc', files, folder: TOOLS, args: WITHOUT_SCRIPTS })).missing;
}

/** Builds the site into {@link SITE}. Throws a `Problem` for a warning, an undocumented name or a broken link. */
export async function buildDocs() {
  rmSync(SITE, { recursive: true, force: true });
  await mustRun(
    node24(),
    [TYPEDOC, '--options', join(TOOLS, 'typedoc.json')],
    'TypeDoc found something wrong with the docstrings or pages; its message is above.',
    { seconds: SECONDS },
  );
  await mustRun(
    'cargo',
    ['doc', '--locked', '--no-deps', '-p', 'livekit-edge', '--target-dir', CARGO_TARGET],
    'rustdoc found something wrong with the docstrings; its message is above.',
    { seconds: SECONDS, env: { ...cargoEnvironment(), RUSTDOCFLAGS: '-D warnings' } },
  );
  cpSync(join(CARGO_TARGET, 'doc'), join(SITE, 'rust'), { recursive: true });
  // rustdoc's help and settings lead to it.
  writeFileSync(join(SITE, 'rust', 'index.html'), FORWARD);
  const broken = brokenLinks(SITE);
  if (broken.length > 0) throw new Problem(`Links that lead nowhere:\n${broken.join('\n')}`);
}
