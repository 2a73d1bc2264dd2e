/** Projects that are bundled: for Node, for pages and for workers. */
import assert from 'node:assert/strict';
import { type BuildOptions, build } from 'esbuild';
import { startWorker } from '../../../scripts/worker.mjs';
import { assertMinted, assertPrintsMinted } from '../minted.ts';
import { mintedIn } from '../page.ts';
import type { ProjectFolder } from '../project.ts';

const pageWith = (script: string) => `<!doctype html><script src="/${script}"></script>`;

/** The page of a Web Worker. */
const MAIN = `
  globalThis.minted = new Promise((resolve) => {
    new Worker('/webworker.js').onmessage = ({ data }) => resolve(data);
  });
`;

export async function withWebpack(project: ProjectFolder): Promise<void> {
  project.copy('app', 'webpack').esm();
  await project.node('build.mjs');
  assertPrintsMinted(await project.node('dist/node.js'));
  project.write('dist/main.js', MAIN);
  for (const script of ['web.js', 'main.js']) {
    project.write('dist/index.html', pageWith(script));
    assertMinted(await mintedIn(project.file('dist')));
  }
}

export async function withRollup(project: ProjectFolder): Promise<void> {
  project.copy('app', 'rollup').esm();
  await project.tool('rollup/dist/bin/rollup', '--config', '--silent');
  assertPrintsMinted(await project.node('dist/print.js'));
  project.write('dist/index.html', pageWith('page.js'));
  assertMinted(await mintedIn(project.file('dist')));
}

const bundle = (project: ProjectFolder, entry: string, options: BuildOptions) =>
  build({
    absWorkingDir: project.path,
    entryPoints: [entry],
    outdir: 'dist',
    bundle: true,
    loader: { '.wasm': 'copy' },
    logLevel: 'silent',
    ...options,
  });

export const esbuildForNode = (format: 'esm' | 'cjs') => async (project: ProjectFolder) => {
  project.copy('app').esm();
  const outExtension = { '.js': format === 'cjs' ? '.cjs' : '.mjs' };
  await bundle(project, 'print.js', { platform: 'node', format, outExtension });
  assertPrintsMinted(await project.node(`dist/print${outExtension['.js']}`));
};

export async function esbuildForBrowsers(project: ProjectFolder): Promise<void> {
  project.copy('app').esm();
  await bundle(project, 'page.js', { platform: 'browser' });
  project.write('dist/index.html', pageWith('page.js'));
  assertMinted(await mintedIn(project.file('dist')));
}

/** Bundles a Worker with some conditions, runs it in workerd, and returns its response. */
async function answerOf(project: ProjectFolder, entry: string, conditions: string[]): Promise<unknown> {
  await bundle(project, entry, { format: 'esm', conditions, external: ['node:*'] });
  const worker = await startWorker({ entry: project.file('dist', entry), migrate: false, demo: false, bindings: {} });
  try {
    return await (await fetch(worker.url)).json();
  } finally {
    await worker.stop();
  }
}

/** The conditions of a bundle for Node, without one that keeps the WebAssembly module a module. */
export async function conditionsOfOpenNext(project: ProjectFolder): Promise<void> {
  project.copy('app', 'esbuild').esm();
  const { error } = (await answerOf(project, 'worker.js', ['node', 'import'])) as { error: Record<string, string> };
  assert.deepEqual([error['name'], error['code']], ['LivekitException', 'unsupported_runtime']);
  assert.match(error['message'] ?? '', /'workerd'.+livekit-edge\/livekit_edge\.wasm to init\(\)/);
  assertMinted(await answerOf(project, 'with-module.js', ['node', 'import']));
}

export async function conditionsOfWebpack(project: ProjectFolder): Promise<void> {
  project.copy('app').esm();
  assertMinted(await answerOf(project, 'worker.js', ['worker', 'browser', 'import']));
}
