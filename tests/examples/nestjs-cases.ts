/** What the example for NestJS does itself, as the specification's module does. */
import assert from 'node:assert/strict';
import { TokenVerifier } from 'livekit-server-sdk';
import { node24 } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { overwrite } from '../support/sqlite-file.ts';
import { userToken } from '../support/user-token.ts';
import { framework } from './frameworks.ts';
import type { Serving } from './serving.ts';

const SECONDS = 120;
const CHANNEL = 'channel-abc123';

/** The example, once it was built. */
interface Example {
  readonly folder: string;
  readonly env: Record<string, string>;
  readonly database: string;
}

/** Declares the tests. */
export function nestCases(
  served: (sentence: string, work: () => Promise<void>) => void,
  example: Example,
  serveWith: (env: Record<string, string>) => Promise<Serving>,
): void {
  /** Sends a request to the example with settings of its own. */
  async function withSettings(env: Record<string, string>, work: (ask: typeof fetch) => Promise<void>): Promise<void> {
    const { url, stop } = await serveWith({ ...example.env, ...env });
    try {
      await work((path, init) => fetch(`${url}/api/livekit${path}`, init));
    } finally {
      await stop();
    }
  }

  const headersOf = (user: string) => ({
    Authorization: `Bearer ${userToken(user)}`,
    'Content-Type': 'application/json',
  });
  const body = JSON.stringify({ roomId: CHANNEL });

  served("the specification's six test cases pass in jest", async () => {
    const args = [framework('jest', 'bin', 'jest.js'), '--ci', '--json', '--runInBand'];
    const { PATH = '', HOME = '' } = process.env;
    const options = { cwd: example.folder, env: { PATH, HOME }, seconds: SECONDS };
    const { stdout } = await mustRun(node24(), args, 'jest failed.', options);
    const { numPassedTests, numTotalTests } = JSON.parse(stdout);
    assert.deepEqual([numPassedTests, numTotalTests], [6, 6]);
  });

  served('a token grants what the overwrites of the channel allow', () =>
    withSettings({}, async (ask) => {
      overwrite(example.database, 'user-mod', ['VIDEO', 'SCREEN_SHARE']);
      const response = await ask('/token', { method: 'POST', headers: headersOf('user-mod'), body });
      const { video } = await new TokenVerifier('devkey', 'secret').verify((await response.json()).token);
      assert.deepEqual([video?.canPublish, video?.canPublishSources], [true, ['microphone']]);
    }),
  );

  served('without credentials a token is 500, and the health is unhealthy', () =>
    withSettings({ LIVEKIT_API_SECRET: '', LIVEKIT_URL: '' }, async (ask) => {
      const headers = headersOf('user-456');
      const response = await ask('/token', { method: 'POST', headers, body });
      const refused = [response.status, await response.json()];
      assert.deepEqual(refused, [500, { statusCode: 500, message: 'LiveKit credentials not configured' }]);
      const health = await ask('/health', { headers });
      assert.deepEqual([health.status, await health.json()], [200, { status: 'unhealthy', configured: false }]);
    }),
  );
}
