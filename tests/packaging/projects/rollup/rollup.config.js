import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';

const bundle = (input, browser) => ({
  input,
  output: { file: `dist/${input}`, format: browser ? 'iife' : 'esm', inlineDynamicImports: true },
  plugins: [nodeResolve({ browser, preferBuiltins: !browser }), commonjs()],
});

export default [bundle('print.js', false), bundle('page.js', true)];
