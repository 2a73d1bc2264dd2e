/** Projects of Vite: the page in development and built, the server side, and Cloudflare's plugin. */
import { node24 } from '../../../scripts/lib/paths.mjs';
import { assertEndpoint, assertMinted, assertPrintsMinted } from '../minted.ts';
import { mintedBy, mintedIn } from '../page.ts';
import { type ProjectFolder, packageFile } from '../project.ts';

const VITE = 'vite/bin/vite.js';
const ON_LOOPBACK = ['--host', '127.0.0.1', '--port', '0'];
const PRINTED = /http:\/\/[\d.:]+\d/;

export async function viteDev(project: ProjectFolder): Promise<void> {
  project.copy('app', 'vite').esm();
  const command = [node24(), packageFile(VITE), ...ON_LOOPBACK];
  await project.serve(command, PRINTED, async (url) => assertMinted(await mintedBy(url)));
}

export async function viteBuild(project: ProjectFolder): Promise<void> {
  project.copy('app', 'vite').esm();
  await project.tool(VITE, 'build');
  assertMinted(await mintedIn(project.file('dist')));
}

export async function viteSsr(project: ProjectFolder): Promise<void> {
  project.copy('app').esm();
  await project.tool(VITE, 'build', '--ssr', 'print.js');
  assertPrintsMinted(await project.node('dist/print.js'));
  // With the package in the bundle, as for a server without node_modules.
  project.write('vite.config.js', 'export default { ssr: { noExternal: true } };');
  await project.tool(VITE, 'build', '--ssr', 'print.js');
  assertPrintsMinted(await project.node('dist/print.js'));
}

export async function cloudflareVite(project: ProjectFolder): Promise<void> {
  project.copy('app', 'wrangler', 'cloudflare-vite').esm();
  const vite = (...args: string[]) => [node24(), packageFile(VITE), ...args, ...ON_LOOPBACK];
  await project.serve(vite('dev'), PRINTED, (url) => assertEndpoint(`${url}/token`));
  await project.tool(VITE, 'build');
  await project.serve(vite('preview'), PRINTED, (url) => assertEndpoint(`${url}/token`));
}
