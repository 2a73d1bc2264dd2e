/** The entry of a program: prints the verified claims, or the error. */
import { mint } from './mint.js';

const describe = ({ name, code, message }) => ({ name, code, message });

mint().then(
  (minted) => console.log(JSON.stringify(minted)),
  (error) => console.log(JSON.stringify(describe(error))),
);
