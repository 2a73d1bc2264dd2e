// A bundle contains only what is used: no message of LiveKit if a program only signs or verifies tokens.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from 'esbuild';

/** The files from which a minified bundle of a program contains code. */
async function bundled(contents: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
  });
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file),
  );
}

const isMessages = (file: string) => /@livekit|@bufbuild/.test(file);

for (const name of ['AccessToken', 'TokenVerifier', 'LivekitService', 'trackSourceToString']) {
  for (const entry of ['livekit-edge', 'livekit-edge/tokens']) {
    test(`${name} of ${entry} adds nothing of @livekit/protocol`, async () => {
      const files = await bundled(`import { ${name} } from '${entry}'; console.log(${name});`);
      assert.ok(files.length > 1);
      assert.deepEqual(files.filter(isMessages), []);
      assert.deepEqual(
        files.filter((file) => file.includes('livekit-api')),
        [],
      );
    });
  }
}

test('ServerError adds nothing of @livekit/protocol', async () => {
  const files = await bundled("import { ServerError } from 'livekit-edge'; console.log(ServerError);");
  assert.deepEqual(files.filter(isMessages), []);
});

for (const name of [
  'WebhookReceiver',
  'RoomConfiguration',
  'RoomServiceClient',
  'AgentDispatchClient',
  'EgressClient',
]) {
  test(`${name} adds @livekit/protocol`, async () => {
    const files = await bundled(`import { ${name} } from 'livekit-edge'; console.log(${name});`);
    assert.ok(files.some(isMessages));
  });
}

test('an unused import adds nothing', async () => {
  assert.deepEqual(await bundled("import { AccessToken, Room } from 'livekit-edge';"), []);
});
