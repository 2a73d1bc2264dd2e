/** The entry of a page: the test reads this global. */
import { mint } from './mint.js';

globalThis.minted = mint();
