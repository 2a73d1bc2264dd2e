/** A small application: imports the installed package and uses it. */
import * as edge from 'livekit-edge';
import { run } from './suite.js';
import vectors from './vectors.js';

export const result = () => run(edge, vectors);
