// In a fresh process, in milliseconds: compiling and instantiating the module, or what the package's own loader takes.
import { readFileSync } from 'node:fs';

const [, , what, path = ''] = process.argv;
if (what === 'loader') {
  // Read and parsed before the clock starts: a bundle brings it along.
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

/** Functions in place of the module's imports, none of which is called when it is instantiated. @param {WebAssembly.Module} module */
function noImports(module) {
  /** @type {Record<string, Record<string, () => void>>} */
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] = { ...imports[from], [name]: () => {} };
  }
  return imports;
}
