/** Modules that need the optional package `hono`. */
import { codeOf, Failure } from './failure.js';

/** Imports a module of this package, and says what to install if its imports are not there. */
export async function importWithHono<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Failure("The package 'hono' is not installed: npm install livekit-edge hono");
  }
}
