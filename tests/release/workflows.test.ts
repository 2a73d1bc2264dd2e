// Workflows run fixed code with the least permissions: every action is pinned to a commit, and only a job that publishes has an identity.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { root } from '../../scripts/lib/paths.mjs';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  permissions?: Record<string, string>;
  environment?: string;
  needs?: string | string[];
  'timeout-minutes'?: number;
  steps: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const FOLDER = join(root, '.github', 'workflows');
const sources = Object.fromEntries(readdirSync(FOLDER).map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')]));
const workflows: [string, Workflow][] = Object.entries(sources).map(([file, text]) => [file, parse(text)]);
const jobs = workflows.flatMap(([file, { jobs }]) => Object.entries(jobs).map(([name, job]) => ({ file, name, job })));

/** The jobs that publish, each with its command. */
const PUBLISHING: Record<string, RegExp> = {
  npm: /^npm publish \S+ --provenance/,
  crates: /^cargo publish /,
  jsr: /^node scripts\/release\/jsr\.mjs$/,
};

test('every action is pinned to a commit, with its version as a comment', () => {
  const uses = Object.values(sources).flatMap((text) => text.match(/^.*\buses:.*$/gm) ?? []);
  assert.equal(uses.length, jobs.flatMap(({ job }) => job.steps.filter((step) => step.uses)).length);
  for (const line of uses) assert.match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test('an action has one commit in all workflows', () => {
  const commits = new Map<string, Set<string>>();
  for (const [, action = '', commit = ''] of Object.values(sources)
    .join('\n')
    .matchAll(/uses: (\S+)@(\S+)/g)) {
    commits.set(action, (commits.get(action) ?? new Set()).add(commit));
  }
  for (const [action, used] of commits) assert.equal(used.size, 1, action);
});

test('a workflow grants no permissions, and a job only those that it declares', () => {
  for (const [file, { permissions }] of workflows) assert.deepEqual(permissions, {}, file);
  for (const { file, name, job } of jobs) {
    const publishes = file === 'release.yml' && name in PUBLISHING;
    const { contents, ...others } = job.permissions ?? {};
    assert.ok(contents === undefined || contents === 'read', name);
    assert.deepEqual(others, publishes ? { 'id-token': 'write' } : {}, `${file}: ${name}`);
  }
});

test('only the jobs that publish use the environment, after the tests', () => {
  const publishing = jobs.filter(({ job }) => job.environment !== undefined);
  assert.deepEqual(publishing.map(({ name }) => name).sort(), Object.keys(PUBLISHING).sort());
  for (const { name, job } of publishing) {
    assert.equal(job.environment, 'release');
    assert.equal(job.needs, 'build');
    assert.ok(
      job.steps.some(({ run }) => PUBLISHING[name]?.test(run ?? '')),
      name,
    );
  }
  const build = jobs.find(({ file, name }) => file === 'release.yml' && name === 'build');
  assert.ok(build?.job.steps.some(({ run }) => run === '.ci/run'));
});

test('CI runs .ci/run on every change', () => {
  const [, ci] = workflows.find(([file]) => file === 'ci.yml') ?? [];
  assert.ok(ci && 'pull_request' in ci.on && 'push' in ci.on);
  assert.ok(ci.jobs['test']?.steps.some(({ run }) => run === '.ci/run'));
});

test('no checkout keeps its credentials, no secret is named, and every job has a timeout', () => {
  for (const { name, job } of jobs) {
    assert.ok(job['timeout-minutes'], name);
    for (const step of job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
      assert.equal(step.with?.['persist-credentials'], false, name);
    }
  }
  assert.doesNotMatch(Object.values(sources).join('\n'), /\bsecrets\./);
});

test('the scripts that a workflow runs exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const { job } of jobs) {
    for (const { run = '' } of job.steps) {
      // Text of an event must not become a command.
      assert.doesNotMatch(run, /\$\{\{/);
      const [, script, file] = /^npm run (\S+)|^node (\S+)/.exec(run) ?? [];
      if (script !== undefined) assert.ok(script in scripts, run);
      if (file !== undefined) assert.ok(existsSync(join(root, file)), run);
    }
  }
});
