/** A browser's Web Worker: it posts what was minted, or the message of the error. */
import { mint } from './mint.js';

mint().then(postMessage, ({ message }) => postMessage({ message }));
