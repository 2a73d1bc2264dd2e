/** The entry of a Worker whose bundler resolves no condition of edge runtimes: it passes the module itself. */
import { init } from 'livekit-edge';
import module from 'livekit-edge/livekit_edge.wasm';
import worker from './worker.js';

init(module);
export default worker;
