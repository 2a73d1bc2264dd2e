/** A small real project with the packed package. */
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
  /** The bug report that it reproduces. */
  readonly report: string;
  /** Seconds on two cores, two projects at a time, after the installation; at least 1. */
  readonly seconds: number;
  /** Builds and runs it, and checks its output. */
  run(project: ProjectFolder): Promise<void>;
}

/** The reason why a project cannot run on this machine. */
export class Skipped extends Error {}

/** The folder of one project, which finds the packed package and the packages of `projects/package.json`. */
export class ProjectFolder {
  readonly path: string;
  /** The tarball of the packed package. */
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

  /** Writes a file; a value that is not a string is written as JSON. */
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

  /** Runs a program in the project to its end and returns its output. Throws unless the exit code is 0. */
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

  /** Starts a server, waits until it prints its URL, and stops it after the checks. */
  async serve(command: string[], printed: RegExp, work: (url: string) => Promise<void>): Promise<void> {
    await serving(command, this.path, this.environment({ HOST: '127.0.0.1', PORT: '0' }), printed, work);
  }

  /** The environment of every program of the project: without telemetry, with a separate home. */
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
