/** A browser's Web Worker: it posts the verified claims, or the message of the error. */
import { mint } from './mint.js';

mint().then(postMessage, ({ message }) => postMessage({ message }));
