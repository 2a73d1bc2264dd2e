// Measures in a fresh process the milliseconds from the import of a peer to its first token.
import { requestAt } from '../tokens/claims.mjs';

const start = performance.now();
const { default: members } = await import(process.argv[2] ?? '');
const [{ mint }] = members;
const token = await (mint.sync ?? mint.async)(requestAt(0));
const milliseconds = performance.now() - start;
if (token.split('.').length !== 3) throw new Error('no token');
console.log(JSON.stringify({ milliseconds }));
