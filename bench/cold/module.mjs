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
  new WebAssembly.Instance(module);
  console.log(JSON.stringify({ compile: afterCompiling - start, instantiate: performance.now() - afterCompiling }));
}
