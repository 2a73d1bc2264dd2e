// `npm run docs`: the reference of TypeScript and Rust with the pages of docs/ as one site in target/docs; `-- --serve` serves it.
import { buildDocs, installTools, SITE } from './docs/build.mjs';
import { serveFolder } from './docs/serve.mjs';
import { main, Problem } from './lib/problem.mjs';
import { step } from './lib/step.mjs';
import { freePort, portFrom } from './serve/port.mjs';
import { setup } from './setup.mjs';

const PORT = 8789;

await main(async () => {
  const [option, ...others] = process.argv.slice(2);
  if (others.length > 0 || (option !== undefined && option !== '--serve')) {
    throw new Problem('Usage: npm run docs [-- --serve]');
  }
  const port = portFrom(process.env.PORT, PORT);
  if (option !== undefined) await freePort(port, 'choose another with PORT=…');
  await setup();
  const missing = await installTools();
  if (missing !== undefined) throw new Problem(missing);
  await step('documentation', async () => {
    await buildDocs();
    return SITE;
  });
  if (option === undefined) return;
  const { url } = await serveFolder(SITE, port);
  console.log(url);
});
