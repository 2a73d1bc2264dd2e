/** The entry of a Cloudflare Worker: responds with the verified claims, or with the error. */
import { mint } from './mint.js';

const describe = ({ name, code, message }) => ({ name, code, message });

export default {
  fetch: async () => Response.json(await mint().catch((error) => ({ error: describe(error) }))),
};
