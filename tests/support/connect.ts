// Connects to a server that may answer before it has the whole request, and close the connection. The rest of the body
// then cannot be written, which Node takes for the end of the connection: it drops the answer, which has arrived.
import { connect } from 'node:net';

const CLOSED = ['EPIPE', 'ECONNRESET'];

/** @typedef {(error?: Error | null) => void} Done */

/**
 * A connection that is read to its end although the server takes no more of what is written.
 * @param {number} port
 * @param {string} host
 * @param {() => void} [onConnect]
 */
export function connectTo(port, host, onConnect) {
  const socket = connect(port, host, onConnect);
  const [write, writev] = [socket._write.bind(socket), socket._writev?.bind(socket)];
  socket._write = (chunk, encoding, done) => write(chunk, encoding, ignoringClosed(done));
  if (writev) socket._writev = (chunks, done) => writev(chunks, ignoringClosed(done));
  return socket;
}

/** @param {Done} done @returns {Done} */
const ignoringClosed = (done) => (error) => {
  const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  done(CLOSED.includes(code) ? null : error);
};
