import { result } from './result.js';

export default { fetch: async () => Response.json(await result()) };
