/** Projects that run without a bundler: on each Node, on Deno and Bun, and in a page. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { node24 } from '../../../scripts/lib/paths.mjs';
import { bun, deno } from '../../runtime/programs.ts';
import { assertEndpoint, assertMinted, assertPrintsMinted } from '../minted.ts';
import { mintedIn, STRICT } from '../page.ts';
import { type ProjectFolder, packageFile, Skipped } from '../project.ts';

/** A Node by the name of its package in `projects/package.json`; `node-24` is the repository's own. */
export function nodeNamed(name: string): string {
  if (name === 'node-24') return node24();
  const path = packageFile(`${name}/bin/node`);
  if (!existsSync(path)) throw new Skipped(`there is no ${name} for this platform`);
  return path;
}

/** `require` and `import` of the package, and the endpoint as a process, from CommonJS. */
export const onNode = (name: string) => async (project: ProjectFolder) => {
  const node = nodeNamed(name);
  project.copy('app', 'node').esm();
  assertPrintsMinted(await project.run(node, ['print.cjs']));
  assertPrintsMinted(await project.run(node, ['print.js']));
  await project.serve([node, 'serve.cjs'], /http:\/\/[\d.:]+\d/, (url) => assertEndpoint(`${url}/api/livekit/token`));
};

/** A Node that is too old prints one sentence. */
export async function onOldNode(project: ProjectFolder): Promise<void> {
  project.copy('app', 'node').esm();
  for (const file of ['print.cjs', 'print.js']) {
    const { name, code, message } = JSON.parse(await project.run(nodeNamed('node-18'), [file]));
    assert.deepEqual([name, code], ['LivekitException', 'unsupported_runtime']);
    assert.match(message, /Node 20 or newer$/);
  }
}

/** A program that tsc compiles and Node runs. `types.test.ts` checks the libraries. */
export const compiled = (options: object, type: string) => async (project: ProjectFolder) => {
  project.copy('node').write('package.json', { private: true, type });
  const compilerOptions = {
    target: 'ES2022',
    strict: true,
    lib: ['ES2022', 'DOM'],
    types: [],
    skipLibCheck: true,
    outDir: 'out',
    ...options,
  };
  project.write('tsconfig.json', { compilerOptions, files: ['main.ts'] });
  await project.tool('typescript/bin/tsc', '-p', '.');
  assertPrintsMinted(await project.run(nodeNamed('node-20.9'), ['out/main.js']));
};

/** Deno finds the package in `node_modules`, by its name and as `npm:`; `livekit-edge/tokens` needs no permission. */
export async function onDeno(project: ProjectFolder): Promise<void> {
  const { path, skip } = deno();
  if (path === undefined) throw new Skipped(skip);
  project.copy('import-map').write('package.json', { type: 'module', dependencies: { 'livekit-edge': '*' } });
  project.write('print.js', "import './tokens.js';\nconsole.log(JSON.stringify(await globalThis.minted));\n");
  project.write('npm.ts', "export { generateToken } from 'npm:livekit-edge/tokens';\nimport './print.js';\n");
  for (const file of ['print.js', 'npm.ts']) {
    const args = ['run', '--no-prompt', '--cached-only', '--no-lock', file];
    assertPrintsMinted(await project.run(path, args, { DENO_DIR: project.file('.deno') }));
  }
}

/** Bun runs the package, and bundles it for each of its targets. */
export async function onBun(project: ProjectFolder): Promise<void> {
  const { path, skip } = bun();
  if (path === undefined) throw new Skipped(skip);
  project.copy('app', 'node').esm();
  assertPrintsMinted(await project.run(path, ['--no-install', 'print.js']));
  assertPrintsMinted(await project.run(path, ['--no-install', 'print.cjs']));
  for (const [target, program] of [
    ['bun', path],
    ['node', node24()],
    ['browser', node24()],
  ] as const) {
    await project.run(path, ['build', 'print.js', `--target=${target}`, '--outfile=bundle.js']);
    assertPrintsMinted(await project.run(program, ['bundle.js']));
  }
}

const MAP = JSON.stringify({
  imports: {
    'livekit-edge/tokens': '/livekit-edge/dist/tokens.js',
    '#wasm': '/livekit-edge/dist/wasm/loader.default.js',
  },
});

/** A page whose import map names the files of the package; the map is allowed by its hash. */
export async function inPage(project: ProjectFolder): Promise<void> {
  project
    .copy('import-map')
    .write(
      'index.html',
      `<!doctype html><script type="importmap">${MAP}</script><script type="module" src="/tokens.js"></script>`,
    );
  symlinkSync(join(dirname(project.path), 'node_modules', 'livekit-edge'), project.file('livekit-edge'), 'junction');
  const hash = createHash('sha256').update(MAP).digest('base64');
  const policy = STRICT.replace("'self'", `'self' 'sha256-${hash}'`);
  assertMinted(await mintedIn(project.path, policy));

  const { code, message } = (await mintedIn(project.path, policy.replace(" 'wasm-unsafe-eval'", ''))) as Error & {
    code: string;
  };
  assert.equal(code, 'unsupported_runtime');
  assert.match(message, /'wasm-unsafe-eval'/);
}
