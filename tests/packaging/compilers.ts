/** The TypeScript compilers that check the types of the package. */
import { join } from 'node:path';
import { modules } from '../../scripts/lib/paths.mjs';
import { installed } from '../support/install.mjs';

/** The path of `tsc` by version. The newest is the repository's own, the others are installed from `typescript/`. */
export const COMPILERS: Record<string, string> = {
  ...Object.fromEntries(
    ['5.0', '5.4', '5.9'].map((version) => [
      version,
      join(installed('typescript'), 'node_modules', `typescript-${version}`, 'bin', 'tsc'),
    ]),
  ),
  '7.0': join(modules, 'typescript', 'bin', 'tsc'),
};
