/** The entry of a Cloudflare Worker: it answers with what was minted, or with the error that was thrown. */
import { mint } from './mint.js';

const describe = ({ name, code, message }) => ({ name, code, message });

export default {
  fetch: async () => Response.json(await mint().catch((error) => ({ error: describe(error) }))),
};
