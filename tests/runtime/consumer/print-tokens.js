import * as edge from 'livekit-edge/tokens';
import { runTokens } from './suite.js';
import vectors from './vectors.js';

console.log(JSON.stringify(await runTokens(edge, vectors)));
