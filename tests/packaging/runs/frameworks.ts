/** Projects of frameworks and of Cloudflare's own tool that serve the endpoint. */
import { node24 } from '../../../scripts/lib/paths.mjs';
import { assertEndpoint } from '../minted.ts';
import { type ProjectFolder, packageFile } from '../project.ts';

const NEXT = 'next/dist/bin/next';

/** A route on Node and one on the edge runtime. There is no tsconfig.json: Next writes its own. */
export const next = (bundler: 'turbopack' | 'webpack') => async (project: ProjectFolder) => {
  project.copy('next').write('package.json', { private: true });
  await project.tool(NEXT, 'build', `--${bundler}`);
  const command = [node24(), packageFile(NEXT), 'start', '--hostname', '127.0.0.1', '--port', '0'];
  await project.serve(command, /http:\/\/[\d.:]+\d/, async (url) => {
    await assertEndpoint(`${url}/node/token`);
    await assertEndpoint(`${url}/edge/token`);
  });
};

export async function wrangler(project: ProjectFolder): Promise<void> {
  project.copy('app', 'wrangler').esm();
  const args = ['dev', '--ip', '127.0.0.1', '--port', '0', '--inspector-port', '0'];
  const command = [node24(), packageFile('wrangler/bin/wrangler.js'), ...args];
  await project.serve(command, /(?<=Ready on )http:\/\/[\d.:]+/, (url) => assertEndpoint(`${url}/token`));
}
