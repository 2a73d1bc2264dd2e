// init(): passes the module on hosts that forbid compiling bytes; without it, and on old runtimes, there is one clear error.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { init, LivekitException } from 'livekit-edge';
import { generated, node24 } from '../../scripts/lib/paths.mjs';

const NO_COMPILER = `
  WebAssembly.Module = new Proxy(WebAssembly.Module, {
    construct() { throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder'); },
  });
`;
const MINT = `
  try {
    const { token } = generateToken({ roomId: 'lobby', identity: 'alice' }, { apiKey: 'devkey', apiSecret: 'secret' });
    console.log(token.split('.').length);
  } catch ({ name, code, message, cause }) {
    console.log([name, code, message, cause?.name].join('|'));
  }
`;

/** The output of a program in a separate process, because a module starts once in each. */
async function printed(program: string): Promise<string> {
  const args = ['--input-type=module', '--eval', program];
  return (await promisify(execFile)(node24(), args, { cwd: import.meta.dirname })).stdout.trim();
}

test('a host that forbids compiling bytes uses the module of init()', async () => {
  const path = JSON.stringify(join(generated, 'livekit_edge.wasm'));
  const compiled = `
    import { readFileSync } from 'node:fs';
    import { generateToken, init } from 'livekit-edge';
    const module = new WebAssembly.Module(readFileSync(${path}));
    ${NO_COMPILER}
    init(module);
    ${MINT}
  `;
  assert.equal(await printed(compiled), '3');
});

test('a module that was compiled in another realm is used', async () => {
  const path = JSON.stringify(join(generated, 'livekit_edge.wasm'));
  const compiled = `
    import { readFileSync } from 'node:fs';
    import { runInNewContext } from 'node:vm';
    import { generateToken, init } from 'livekit-edge';
    const module = runInNewContext('new WebAssembly.Module(bytes)', { bytes: readFileSync(${path}) });
    if (module instanceof WebAssembly.Module) throw new Error('the module is of this realm');
    ${NO_COMPILER}
    init(module);
    ${MINT}
  `;
  assert.equal(await printed(compiled), '3');
});

test('without init() each call throws one sentence that says what to set', async () => {
  const program = `import { generateToken } from 'livekit-edge/tokens'; ${NO_COMPILER} ${MINT} ${MINT}`;
  const lines = (await printed(program)).split('\n');
  assert.equal(lines.length, 2);
  for (const line of lines) {
    const [name, code, message, cause] = line.split('|');
    assert.deepEqual([name, code, cause], ['LivekitException', 'unsupported_runtime', 'CompileError']);
    for (const remedy of [
      "'workerd'",
      "'edge-light'",
      'livekit-edge/livekit_edge.wasm',
      'init()',
      "'wasm-unsafe-eval'",
    ]) {
      assert.ok(message?.includes(remedy), `${remedy} is missing in: ${message}`);
    }
  }
});

test('a runtime that is too old gets one sentence with the required version of Node', async () => {
  const program = `import { generateToken } from 'livekit-edge/tokens'; delete String.prototype.isWellFormed; ${MINT}`;
  assert.match(await printed(program), /^LivekitException\|unsupported_runtime\|[^|]*Node 20 or newer\|$/);
});

test('init() rejects a value that is not the module', () => {
  const bytes = readFileSync(join(generated, 'livekit_edge.wasm'));
  const named = { [Symbol.toStringTag]: 'WebAssembly.Module' };
  const unreadable = new Proxy(new WebAssembly.Module(bytes), {});
  // The smallest module: a header without sections.
  const another = new WebAssembly.Module(Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]));
  for (const value of [bytes, {}, null, undefined, 'livekit_edge.wasm', () => {}, named, unreadable, another]) {
    assert.throws(
      () => init(value as object),
      (error) => {
        return error instanceof LivekitException && error.code === 'unsupported_runtime';
      },
    );
  }
});
