/** Prints what was minted, or the error that was thrown: the entry of a program. */
import { mint } from './mint.js';

const describe = ({ name, code, message }) => ({ name, code, message });

mint().then(
  (minted) => console.log(JSON.stringify(minted)),
  (error) => console.log(JSON.stringify(describe(error))),
);
