import { join } from 'node:path';

// The packages of these tests are beside the project, not in it.
export default { turbopack: { root: join(import.meta.dirname, '..', '..') } };
