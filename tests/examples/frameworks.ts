/** The frameworks of the examples, and each example as a user who copied its folder has it. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sqliteStore } from 'livekit-edge/stores/sqlite';
import { root } from '../../scripts/lib/paths.mjs';
import { installed, whyNotInstalled } from '../support/install.mjs';
import { installPacked, packInto } from '../support/packed.ts';
import { loadDemo } from '../support/sqlite-file.ts';

const FOLDER = installed('frameworks');

/** Where a framework's package was installed. */
export const framework = (...path: string[]): string => join(FOLDER, 'node_modules', ...path);

/** The arguments of Node that build and start an example. */
export interface Recipe {
  /** The file that mounts the endpoint. */
  mounts: string;
  build?: string[];
  start: string[];
  /** True if the application has another route, `/echo`, that parses JSON. */
  echoes?: true;
  /** True if the first request opens the store. */
  opensLate?: true;
}

const NEXT = framework('next', 'dist', 'bin', 'next');

/** The examples by the names of their folders. */
export const RECIPES: Record<string, Recipe> = {
  express: { mounts: 'server.js', start: ['server.js'], echoes: true },
  fastify: { mounts: 'server.js', start: ['server.js'], echoes: true },
  hono: { mounts: 'server.js', start: ['server.js'], echoes: true },
  nestjs: { mounts: 'src/main.ts', build: [framework('typescript', 'bin', 'tsc')], start: ['dist/main.js'] },
  nextjs: {
    mounts: 'app/api/livekit/[...path]/route.ts',
    build: [NEXT, 'build'],
    start: [NEXT, 'start', '-H', '127.0.0.1'],
    opensLate: true,
  },
  sveltekit: {
    mounts: 'src/routes/api/livekit/[...path]/+server.ts',
    build: [framework('vite', 'bin', 'vite.js'), 'build'],
    start: ['build'],
    opensLate: true,
  },
};

/** A folder of examples, with the packed package and the frameworks installed. */
interface Workshop {
  /** Copies an example; returns its folder. */
  copy(name: string): string;
  /** A new SQLite file with the demo data. */
  database(name: string): string;
  remove(): void;
}

/** Opens a folder of examples; a string is the reason why it is missing. */
export async function openWorkshop(): Promise<Workshop | string> {
  const missing = await whyNotInstalled('frameworks');
  if (missing !== undefined) return missing;
  // Below the frameworks, whose packages are then found as in a workspace.
  const folder = mkdtempSync(join(FOLDER, 'examples-'));
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  await installPacked(folder, await packInto(folder), []);
  return {
    copy(name) {
      cpSync(join(root, 'examples', name), join(folder, name), { recursive: true });
      return join(folder, name);
    },
    database(name) {
      const path = join(folder, `${name}.sqlite`);
      sqliteStore(path).close();
      loadDemo(path);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
