/** Decodes and explains tokens, for the command `inspect` and the playground. */
export { type Decoded, decode, type Json, tokenIn } from './decode.js';
export { type Inspection, inspect } from './inspection.js';
export { type ExplainedClaim, explainClaims } from './meaning.js';
export { refusals } from './refusals.js';
export { warnings } from './warnings.js';
