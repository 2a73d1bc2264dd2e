/** The dev server of each runtime for a test file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { platforms } from '../../../scripts/serve/platforms.mjs';

/** Defines the same tests for each runtime, where `url` returns the origin of its dev server while they run. */
export function onEachRuntime(
  settings: Record<string, string>,
  defineTests: (url: () => string, runtime: string) => void,
): void {
  for (const [runtime, platform] of Object.entries(platforms)) {
    describe(runtime, () => {
      const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-dev-server-'));
      let server: Awaited<ReturnType<typeof platform.start>>;
      before(async () => {
        server = await platform.start({ port: 0, settings, folder });
      });
      after(async () => {
        await server?.stop();
        rmSync(folder, { recursive: true });
      });
      defineTests(() => server.url, runtime);
    });
  }
}
