// `npm run set-version 0.2.0`: writes a version everywhere that repeats it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { main, Problem } from '../lib/problem.mjs';
import { isVersion, withVersion } from './versions.mjs';

await main(async () => {
  const [version = ''] = process.argv.slice(2);
  if (!isVersion(version)) throw new Problem('Which version? For example: npm run set-version 0.2.0');
  for (const [file, text] of withVersion(version)) {
    writeFileSync(join(root, file), text);
    console.log(file);
  }
});
