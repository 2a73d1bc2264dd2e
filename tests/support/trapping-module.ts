/** The built module, changed so that it really traps where a test wants it to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import binaryen from 'binaryen';
import { generated } from '../../scripts/lib/paths.mjs';

/** When a function executes `unreachable`, as a panic does: instead of its work, or after it. */
export type When = 'before' | 'after';

/** The shipped module. */
const shippedModule = (): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(join(generated, 'livekit_edge.wasm')));

/** What rustc emits by default for this target, and the SIMD of .cargo/config.toml. */
const FEATURES = [
  binaryen.Features.BulkMemory,
  binaryen.Features.Multivalue,
  binaryen.Features.MutableGlobals,
  binaryen.Features.NontrappingFPToInt,
  binaryen.Features.ReferenceTypes,
  binaryen.Features.SignExt,
  binaryen.Features.SIMD128,
];

const NUMBERED = new Map<string, number>();

/** The module with an exported global that says which exported function executes `unreachable`, see {@link trapIn}. */
export function trappingModule(): WebAssembly.Module {
  const module = binaryen.readBinary(shippedModule());
  try {
    module.setFeatures(FEATURES.reduce((all, feature) => all | feature, binaryen.Features.MVP));
    module.addGlobal('trapAt', binaryen.i32, true, module.i32.const(0));
    module.addGlobalExport('trapAt', 'trapAt');
    const count = module.getNumExports();
    const exports = Array.from({ length: count }, (_, at) => binaryen.getExportInfo(module.getExportByIndex(at)));
    const isFunction = ({ kind, value }: binaryen.ExportInfo) =>
      kind === binaryen.ExternalFunction && binaryen.getFunctionInfo(module.getFunction(value)).base === '';
    for (const { name, value } of exports.filter(isFunction)) {
      NUMBERED.set(name, NUMBERED.size + 1);
      wrap(module, name, value, NUMBERED.get(name) ?? 0);
    }
    return new WebAssembly.Module(new Uint8Array(module.emitBinary()));
  } finally {
    module.dispose();
  }
}

function wrap(module: binaryen.Module, name: string, inner: string, number: number): void {
  const { params, results } = binaryen.getFunctionInfo(module.getFunction(inner));
  const types = binaryen.expandType(params);
  const trapIf = (value: number) =>
    module.if(module.i32.eq(module.global.get('trapAt', binaryen.i32), module.i32.const(value)), module.unreachable());
  const call = module.call(
    inner,
    types.map((type, at) => module.local.get(at, type)),
    results,
  );
  const hasResult = results !== binaryen.none;
  const work = hasResult ? module.local.set(types.length, call) : call;
  const end = hasResult ? [module.local.get(types.length, results)] : [];
  const body = module.block(null, [trapIf(number), work, trapIf(-number), ...end], results);
  module.addFunction(`trapping ${name}`, params, results, hasResult ? [results] : [], body);
  module.removeExport(name);
  module.addFunctionExport(`trapping ${name}`, name);
}

/** Makes an instance of {@link trappingModule} trap in an exported function. */
export function trapIn(exports: Record<string, unknown>, name: string, when: When): void {
  const number = NUMBERED.get(name);
  if (number === undefined) throw new Error(`The module exports no function ${name}`);
  (exports['trapAt'] as WebAssembly.Global).value = when === 'before' ? number : -number;
}

/** Id of the section of a module that describes its memory. */
const MEMORY_SECTION = 5;
/** Bytes of a module before its first section: the magic number and the version. */
const PREAMBLE = 8;

/** The shipped module with a maximum size of its memory, in pages of 64 KiB. */
export function moduleWithLittleMemory(maxPages: number): WebAssembly.Module {
  const bytes = shippedModule();
  const parts: Uint8Array[] = [bytes.subarray(0, PREAMBLE)];
  for (let at = PREAMBLE; at < bytes.length; ) {
    const [length, start] = readLeb(bytes, at + 1);
    const content = bytes.subarray(start, start + length);
    parts.push(bytes[at] === MEMORY_SECTION ? memorySection(content, maxPages) : bytes.subarray(at, start + length));
    at = start + length;
  }
  return new WebAssembly.Module(new Uint8Array(Buffer.concat(parts)));
}

/** One memory with its initial size, and a maximum that it did not have. */
function memorySection(content: Uint8Array, maxPages: number): Uint8Array {
  const [memories, hasMaximum] = content;
  if (memories !== 1 || hasMaximum !== 0) throw new Error('The memory of the module is not what this test expects');
  const limits = [1, 1, ...content.subarray(2), ...leb(maxPages)];
  return Uint8Array.from([MEMORY_SECTION, ...leb(limits.length), ...limits]);
}

/** An unsigned LEB128 integer and where it ends. */
function readLeb(bytes: Uint8Array, start: number): [value: number, end: number] {
  let value = 0;
  for (let at = start, shift = 0; ; at++, shift += 7) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at + 1];
  }
}

const leb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >> 7)]);
