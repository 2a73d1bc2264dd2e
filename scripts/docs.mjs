// `npm run docs`: TypeDoc's reference and pages and rustdoc's reference as one site in target/docs; `-- --serve` serves it.
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCi, WITHOUT_SCRIPTS } from './lib/npm-ci.mjs';
import { node24, root } from './lib/paths.mjs';
import { main, Problem } from './lib/problem.mjs';
import { mustRun } from './lib/run.mjs';
import { step } from './lib/step.mjs';
import { freePort, portFrom } from './serve/port.mjs';
import { cargoEnvironment } from './setup/targets.mjs';
import { setup } from './setup.mjs';

const SITE = join(root, 'target', 'docs');
const TOOLS = join(root, 'docs', 'site');
const TYPEDOC = join(TOOLS, 'node_modules', 'typedoc', 'bin', 'typedoc');
/** Of its own, so that the documentation has no crate that another command left behind. */
const CARGO_TARGET = join(root, 'target', 'rustdoc');
/** The first page of a folder with one crate, which rustdoc's help and settings lead to. */
const FORWARD = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>livekit-edge</title>
<meta http-equiv="refresh" content="0; url=livekit_edge/index.html">
<a href="livekit_edge/index.html">The crate livekit-edge</a></html>
`;
const SECONDS = 240;
const HOST = '127.0.0.1';
const PORT = 8789;

/**
 * Installs TypeDoc, and the TypeScript that it needs, which is older than ours.
 * @returns {Promise<string | undefined>} why it cannot be had
 */
export async function installTools() {
  const files = ['package.json', 'package-lock.json', '.npmrc'].map((file) => join(TOOLS, file));
  return (await npmCi({ stamp: 'docs', what: 'TypeDoc', files, folder: TOOLS, args: WITHOUT_SCRIPTS })).missing;
}

/** Throws a `Problem` for a warning, an undocumented name, or a link to a file or an item that does not exist. */
export async function buildDocs() {
  rmSync(SITE, { recursive: true, force: true });
  const typedoc = [TYPEDOC, '--options', join(TOOLS, 'typedoc.json')];
  const options = { seconds: SECONDS, env: { ...cargoEnvironment(), RUSTDOCFLAGS: '-D warnings' } };
  await mustRun(node24(), typedoc, "TypeDoc's message is above.", options);
  const rustdoc = ['doc', '--locked', '--no-deps', '-p', 'livekit-edge', '--target-dir', CARGO_TARGET];
  await mustRun('cargo', rustdoc, "rustdoc's message is above.", options);
  cpSync(join(CARGO_TARGET, 'doc'), join(SITE, 'rust'), { recursive: true });
  writeFileSync(join(SITE, 'rust', 'index.html'), FORWARD);
}

async function docs() {
  const [option, ...others] = process.argv.slice(2);
  if (others.length > 0 || (option !== undefined && option !== '--serve')) {
    throw new Problem('Usage: npm run docs [-- --serve]');
  }
  const port = portFrom(process.env.PORT, PORT);
  if (option !== undefined) await freePort(port, 'choose another with PORT=…');
  await setup();
  const missing = await installTools();
  if (missing !== undefined) throw new Problem(missing);
  await step('documentation', async () => {
    await buildDocs();
    return SITE;
  });
  if (option === undefined) return;
  // Not at the top: it is one of the npm packages that were just installed.
  const { context } = await import('esbuild');
  const served = await (await context({})).serve({ servedir: SITE, host: HOST, port });
  console.log(`http://${HOST}:${served.port}/`);
}

await main(docs, import.meta.url);
