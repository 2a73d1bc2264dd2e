/** Every project that installs the packed package, with the bug report for which it stands and its seconds. */
import type { Project } from './project.ts';
import * as bundlers from './runs/bundlers.ts';
import * as frameworks from './runs/frameworks.ts';
import * as linters from './runs/linters.ts';
import * as node from './runs/node.ts';
import * as testRunners from './runs/test-runners.ts';
import * as vite from './runs/vite.ts';

const project = (name: string, report: string, seconds: number, run: Project['run']): Project => ({
  name,
  report,
  seconds,
  run,
});

/** The longest first, so that two at a time end together. */
export const PROJECTS: readonly Project[] = [
  project('Next.js', 'next build with the tsconfig that it writes: TS2307', 11, frameworks.next('turbopack')),
  project('Next.js with webpack', 'an edge route: CompileError from inside', 10, frameworks.next('webpack')),
  project('@cloudflare/vitest-pool-workers', 'tests in workerd', 10, testRunners.onVitestPoolWorkers),
  project('@cloudflare/vite-plugin', 'the endpoint in development and built', 9, vite.cloudflareVite),
  project('ts-jest', "ts-jest with its defaults: Unexpected token 'export'", 8, testRunners.onTsJest),
  project('webpack', 'a page, a Web Worker (webworker takes no import of wasm) and a program', 7, bundlers.withWebpack),
  project('Vite, dev', 'a page in development', 2, vite.viteDev),
  project('Vite, build', 'a page', 1, vite.viteBuild),
  project('Vite, SSR', 'a server', 1, vite.viteSsr),
  project('wrangler', 'the endpoint in development', 3, frameworks.wrangler),
  project('Node 20.9', 'require() before 20.19: ERR_REQUIRE_ESM', 1, node.onNode('node-20.9')),
  project('Node 20.18', 'require() before 20.19: ERR_REQUIRE_ESM', 1, node.onNode('node-20.18')),
  project('Node 20', 'require() and import on Node 20', 1, node.onNode('node-20')),
  project('Node 22', 'require() and import on Node 22', 1, node.onNode('node-22')),
  project('Node 24', 'require() and import on Node 24', 1, node.onNode('node-24')),
  project('Node 18', 'Node 18: isWellFormed is not a function', 1, node.onOldNode),
  project(
    'tsc, CommonJS',
    'module commonjs, moduleResolution node10: TS2307',
    3,
    node.compiled({ module: 'commonjs', moduleResolution: 'node10' }, 'commonjs'),
  ),
  project(
    'tsc, node16 in a CommonJS package',
    'module node16 in a CommonJS package: TS1479',
    2,
    node.compiled({ module: 'node16' }, 'commonjs'),
  ),
  project('tsc, nodenext', 'module nodenext in an ESM package', 2, node.compiled({ module: 'nodenext' }, 'module')),
  project('Deno', 'node_modules and npm:, without a permission', 1, node.onDeno),
  project('Bun', 'require, import and bundles', 1, node.onBun),
  project('a page without a bundler', 'an import map under a strict CSP', 1, node.inPage),
  project('publint', 'packaging that resolves wrongly', 1, linters.publint),
  project('attw', 'types that resolve wrongly', 2, linters.attw),
  project('jest', "jest with its defaults: Unexpected token 'export'", 3, testRunners.onJest),
  project('jest with JWKS', 'jose is an ES module', 2, testRunners.onJestWithJwks),
  project('vitest', 'tests on Node', 1, testRunners.onVitest),
  project('Rollup', 'a program and a page', 3, bundlers.withRollup),
  project('esbuild, node, ESM', 'a program', 1, bundlers.esbuildForNode('esm')),
  project('esbuild, node, CommonJS', 'a program', 1, bundlers.esbuildForNode('cjs')),
  project('esbuild, browser', 'a page', 1, bundlers.esbuildForBrowsers),
  project('esbuild, conditions of OpenNext', 'CompileError from inside', 2, bundlers.conditionsOfOpenNext),
  project('esbuild, conditions of webpack', 'CompileError from inside', 1, bundlers.conditionsOfWebpack),
];
