// Measures in a fresh process the milliseconds for compiling and instantiating the module, or for the package's loader.
import { readFileSync } from 'node:fs';

const [, , what, path = ''] = process.argv;
if (what === 'loader') {
  // Imported before the clock starts, because in a bundle the loader is already part of the code.
  const { loadModule } = await import(path);
  const start = performance.now();
  loadModule();
  console.log(JSON.stringify({ loader: performance.now() - start }));
} else {
  const bytes = new Uint8Array(readFileSync(path));
  const start = performance.now();
  const module = new WebAssembly.Module(bytes);
  const afterCompiling = performance.now();
  new WebAssembly.Instance(module, noImports(module));
  console.log(JSON.stringify({ compile: afterCompiling - start, instantiate: performance.now() - afterCompiling }));
}

/**
 * Creates functions for the module's imports. None is called during instantiation. @param {WebAssembly.Module} module
 */
function noImports(module) {
  /** @type {Record<string, Record<string, () => void>>} */
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] = { ...imports[from], [name]: () => {} };
  }
  return imports;
}
