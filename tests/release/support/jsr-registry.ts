/** The part of JSR that Deno uses to publish a version and to import it, on loopback. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize, relative, sep } from 'node:path';

export interface JsrRegistry extends AsyncDisposable {
  /** For the variable `JSR_URL`. */
  readonly url: string;
  /** Paths of the published files. */
  files(): string[];
}

/**
 * A registry with one package.
 * @param folder for the published files, empty
 * @param name of the package, with its scope
 */
export async function startJsrRegistry(folder: string, name: string, version: string): Promise<JsrRegistry> {
  const files = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => `/${path.split(sep).join('/')}`)
      .sort();

  const metadata = () => ({
    exports: JSON.parse(readFileSync(join(folder, 'jsr.json'), 'utf8')).exports,
    manifest: Object.fromEntries(
      files().map((path) => {
        const bytes = readFileSync(join(folder, path));
        return [path, { size: bytes.length, checksum: `sha256-${createHash('sha256').update(bytes).digest('hex')}` }];
      }),
    ),
  });

  const published = async (request: IncomingMessage) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['xzf', '-', '-C', folder], { input: Buffer.concat(chunks) });
    const [packageScope, packageName] = name.slice(1).split('/');
    return { id: 'task', status: 'success', error: null, packageScope, packageName, packageVersion: version };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://jsr');
    const json = (body: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.method === 'POST') return json(await published(request));
    if (pathname.startsWith('/api/')) {
      const isVersion = pathname.includes('/versions/');
      return isVersion ? json({ code: 'packageVersionNotFound', message: '' }, 404) : json({ latestVersion: null });
    }
    if (pathname === `/${name}/meta.json`) return json({ latest: version, versions: { [version]: {} } });
    if (pathname === `/${name}/${version}_meta.json`) return json(metadata());
    const file = join(folder, normalize(relative(`/${name}/${version}`, decodeURIComponent(pathname))));
    if (!file.startsWith(folder + sep) || !existsSync(file)) return json({}, 404);
    const type = file.endsWith('.ts') ? 'application/typescript' : 'application/javascript';
    return response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  };

  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    files,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
