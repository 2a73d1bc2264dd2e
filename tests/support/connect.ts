// Connects to a server that may answer before it has the whole request, and close the connection. The rest of the body
// then cannot be written, which Node takes for the end of the connection: it drops the answer, which has arrived.
import { connect, type Socket } from 'node:net';

const CLOSED = ['EPIPE', 'ECONNRESET'];

type Done = (error?: Error | null) => void;

/** A connection that is read to its end although the server accepts no more of what is sent. */
export function connectTo(port: number, host: string, onConnect?: () => void): Socket {
  const socket = connect(port, host, onConnect);
  const [write, writev] = [socket._write.bind(socket), socket._writev?.bind(socket)];
  socket._write = (chunk, encoding, done) => write(chunk, encoding, ignoringClosed(done));
  if (writev) socket._writev = (chunks, done) => writev(chunks, ignoringClosed(done));
  return socket;
}

const ignoringClosed =
  (done: Done): Done =>
  (error) => {
    const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
    done(CLOSED.includes(code) ? null : error);
  };
