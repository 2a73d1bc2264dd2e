/** An endpoint whose users are those of an identity provider, for the tests of a file. */
import { after, before, beforeEach } from 'node:test';
import { type Answer, type Endpoint, startEndpoint, supportScript } from './endpoint.ts';
import { type Provider, startProvider } from './jwks-provider.ts';
import { logReader, type Settings } from './log-reader.ts';
import { now } from './user-token.ts';

export const ROOM = 'channel-abc123';
export const ISSUER = 'https://login.example.com/';

/** Runs an endpoint and an identity provider while a file's tests run. `defaults` are settings of every request. */
export function withProvider(defaults: Settings = {}) {
  const running = {} as { endpoint: Endpoint; provider: Provider };
  let addresses = 0;
  before(async () => {
    [running.endpoint, running.provider] = await Promise.all([
      startEndpoint({ entry: supportScript('settings-worker.ts') }),
      startProvider(),
    ]);
  });
  after(() => Promise.all([running.endpoint.stop(), running.provider.stop()]));
  const forgetKeys = (): void => {
    addresses += 1;
  };
  beforeEach(forgetKeys);
  return {
    running,
    ...logReader(() => running.endpoint),
    /** Has the next request fetch the keys again: the provider gets another address. */
    forgetKeys,
    /** The settings of the provider alone, whose keys each test fetches anew. */
    settings: (changes: Settings = {}): Settings => ({
      JWT_SECRET: null,
      JWT_JWKS_URL: `${running.provider.url}?${addresses}`,
      JWT_ISSUER: ISSUER,
      ...defaults,
      ...changes,
    }),
    ask: (token: string, settings: Settings, headers: Record<string, string> = {}): Promise<Answer> =>
      running.endpoint.token(
        { roomId: ROOM },
        { as: null, settings, headers: { Authorization: `Bearer ${token}`, ...headers } },
      ),
  };
}

/** The claims of a user token of the provider, with changes. */
export const claimsOfUser = (changes: Record<string, unknown> = {}) => ({
  iss: ISSUER,
  sub: 'user-456',
  exp: now() + 600,
  ...changes,
});
