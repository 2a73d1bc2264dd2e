/** Prints what was minted with the package as CommonJS, or the error that was thrown. */
const { mint } = require('./mint.cjs');

mint().then(
  (minted) => console.log(JSON.stringify(minted)),
  ({ name, code, message }) => console.log(JSON.stringify({ name, code, message })),
);
