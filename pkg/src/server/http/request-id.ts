/** A name for each request, in its answer and in every line of the log about it. */
import { requestId } from 'hono/request-id';

/** Characters of an id that a client may choose: a UUID, a trace id, and not much of anything that is secret. */
const MAX_LENGTH = 64;

/** Keeps an `X-Request-Id` of at most 64 letters, digits, `_`, `-` and `=`; makes a UUID for any other request. */
export const requestIds = requestId({ limitLength: MAX_LENGTH });
