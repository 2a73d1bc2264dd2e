/** `livekit-edge doctor` in a separate folder, and servers for it to check. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { sqliteStore } from 'livekit-edge/stores/sqlite';
import { run } from './cli.ts';

/** The folder in which the doctor runs. */
export const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-doctor-'));
after(() => rmSync(folder, { recursive: true }));
export const JWT_SECRET = 'hunter2-another-secret-of-more-than-32-bytes';
/** A file with the tables. */
export const SQLITE_PATH = join(folder, 'whole.sqlite');
sqliteStore(SQLITE_PATH).close();

export interface Check {
  check: string;
  severity: string;
  message: string;
  setting?: string;
  server?: string;
}

/** Runs the doctor, and checks that the exit code agrees with the report and that no secret is in it. */
export async function doctor(env: Record<string, string>, ...args: string[]): Promise<Check[]> {
  const { code, stdout, stderr } = await run(['doctor', '--json', ...args], {
    env: { JWT_SECRET, ...env },
    cwd: folder,
  });
  assert.equal(stderr, '');
  assert.doesNotMatch(stdout, /hunter2|eyJ/);
  const { healthy, checks } = JSON.parse(stdout) as { healthy: boolean; checks: Check[] };
  const worst = checks.some(({ severity }) => severity === 'error' || severity === 'warning');
  assert.deepEqual([code, healthy], worst ? [1, false] : [0, true], stdout);
  return checks;
}

/** The findings of one kind, such as `database`. */
export const findings = (checks: Check[], name: string) =>
  checks.filter(({ check }) => check === name).map(({ severity, message }) => `${severity}: ${message}`);

/** Servers that are not LiveKit's. */
export async function listening<S extends Server>(server: S): Promise<{ url: string; server: S }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A URL at which nothing listens. */
export async function unusedUrl(): Promise<string> {
  const { server, url } = await listening(createServer());
  await new Promise((resolve) => server.close(resolve));
  return url;
}
