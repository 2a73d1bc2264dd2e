/** Imports modules that need the optional package `hono`. */
import { errorCode, Failure } from './failure.js';

/** Imports a module of this package. If `hono` is missing, the error says how to install it. */
export async function importWithHono<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (errorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Failure("The package 'hono' is not installed: npm install livekit-edge hono");
  }
}
