// Makes a fresh clone ready to serve and to test: npm packages, Rust's wasm target, the WebAssembly module, the npm package.
//
// Every step is skipped when its result is there. LIVEKIT_EDGE_RUST=debian forces the compiler that is
// otherwise used only where rustup can fetch nothing (scripts/setup/debian-rust.mjs).
import { pathToFileURL } from 'node:url';
import { main } from './lib/problem.mjs';
import { step } from './lib/step.mjs';
import { npmPackages } from './setup/npm-packages.mjs';
import { prerequisites } from './setup/prerequisites.mjs';
import { typescriptPackage } from './setup/typescript.mjs';
import { wasmModule, wasmTarget } from './setup/wasm.mjs';

export async function setup() {
  await prerequisites();
  await step('npm packages', npmPackages);
  await step('Rust for wasm', wasmTarget);
  await step('WebAssembly module', wasmModule);
  await step('TypeScript package', typescriptPackage);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main(setup);
