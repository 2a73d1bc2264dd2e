/** A small real project that has the packed package, and what is done with it. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { node24 } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { installed } from '../support/install.mjs';
import { serving } from '../support/serving.ts';

const FILES = join(import.meta.dirname, 'projects');
const SECONDS = 240;

/** A project of the list in `projects.ts`. */
export interface Project {
  readonly name: string;
  /** The report from the field that it stands for, in a phrase. */
  readonly report: string;
  /** What it took on two cores, two projects at a time, after the installation; 1 is the least. */
  readonly seconds: number;
  /** Builds it, runs it, and asserts what it read. */
  run(project: ProjectFolder): Promise<void>;
}

/** Why a project cannot run on this machine. */
export class Skipped extends Error {}

/** The folder of one project: the packed package and the packages of `projects/package.json` are found from it. */
export class ProjectFolder {
  readonly path: string;
  /** The packed package: the tarball. */
  readonly tarball: string;

  constructor(path: string, tarball: string) {
    this.path = path;
    this.tarball = tarball;
    mkdirSync(path);
  }

  /** Copies folders of `projects/` into this one. */
  copy(...names: string[]): this {
    for (const name of names) cpSync(join(FILES, name), this.path, { recursive: true });
    return this;
  }

  /** Writes a file; what is not a string as JSON. */
  write(file: string, content: unknown): this {
    writeFileSync(join(this.path, file), typeof content === 'string' ? content : JSON.stringify(content));
    return this;
  }

  /** Makes it a project of ES modules. */
  esm(): this {
    return this.write('package.json', { private: true, type: 'module' });
  }

  /** The path of a file in the project. */
  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Runs a program here to its end; returns all that it prints. Throws unless it ends with 0. */
  async run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const options = { cwd: this.path, env: this.environment(env), seconds: SECONDS };
    const { code, output } = await run(program, [...args], options);
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}`);
    return output;
  }

  /** Runs a script on the newest Node. */
  node(...args: string[]): Promise<string> {
    return this.run(node24(), args);
  }

  /** Runs a tool of `projects/package.json`, named by its file in `node_modules`, on the newest Node. */
  tool(file: string, ...args: string[]): Promise<string> {
    return this.node(packageFile(file), ...args);
  }

  /** Starts a server, waits for the address that it prints, and stops it when the work is done. */
  async serve(command: string[], printed: RegExp, work: (url: string) => Promise<void>): Promise<void> {
    await serving(command, this.path, this.environment({ HOST: '127.0.0.1', PORT: '0' }), printed, work);
  }

  /** The environment of every program that runs here: without telemetry, and with a home of its own. */
  environment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return { PATH: process.env['PATH'], HOME: this.path, ...SETTINGS, ...QUIET, ...env };
  }
}

/** A file of a package of `projects/package.json`. */
export const packageFile = (file: string): string => join(installed('projects'), 'node_modules', file);

const SETTINGS = { LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret', LIVEKIT_URL: 'ws://127.0.0.1:7880' };

const QUIET = {
  CI: 'true',
  NO_COLOR: '1',
  NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  DENO_NO_UPDATE_CHECK: '1',
};
