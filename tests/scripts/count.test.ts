// A runner that fails without saying so must never look green in the closing line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closingLine, countCargo, countTap, withHiddenFailure } from '../run/count.mjs';

const CARGO = `
running 3 tests
test signs ... ok
test needs_a_server ... ignored, no LiveKit server here
test slow ... ignored
test result: ok. 1 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests livekit_edge
test src/lib.rs - (line 12) ... ok
test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.31s
`;

/** What wasm-bindgen's test runner prints, a program at a time; one without tests has no result. */
const BROWSER = `
     Running tests/signs.rs (target/wasm32-unknown-unknown/debug/deps/signs-1.wasm)
Running headless tests in Firefox on \`http://127.0.0.1:1/\`
running 2 tests
test signs ... ok
test later ... ignored, no clock here

test result: ok. 1 passed; 0 failed; 1 ignored; 0 filtered out; finished in 0.33s

no tests to run!
running 2 tests
test traps ... FAIL
test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 filtered out; finished in 1.35s
`;

const TAP = `TAP version 13
# Subtest: mints
    # Subtest: a token
    ok 1 - a token
      ---
      ...
    ok 2 - on Deno # SKIP deno is not installed
ok 1 - mints
not ok 2 - later # TODO
1..2
# tests 4
# suites 1
# pass 1
# fail 3
# cancelled 1
# skipped 1
# todo 1
# duration_ms 12.5
`;

test('cargo: the results of all test programs are added up, ignored tests named', () => {
  assert.deepEqual(countCargo(CARGO), {
    passed: 5,
    failed: 2,
    skipped: ['needs_a_server: no LiveKit server here', 'slow: no reason given'],
  });
});

test('browsers: results are counted as those of cargo, and a run without any has failed', () => {
  assert.deepEqual(countCargo(BROWSER), { passed: 2, failed: 1, skipped: ['later: no clock here'] });
  assert.equal(withHiddenFailure(countCargo('no tests to run!\n'), 0).failed, 1);
  assert.equal(withHiddenFailure(countCargo('driver failed to bind port during startup'), 1).failed, 1);
});

test('node: totals are read, cancelled tests count as failed, todo as skipped', () => {
  assert.deepEqual(countTap(TAP), {
    passed: 1,
    failed: 4,
    skipped: ['on Deno: deno is not installed', 'later: no reason given'],
  });
});

test('nothing executed is a failure', () => {
  assert.equal(withHiddenFailure(countTap(''), 0).failed, 1);
  assert.equal(withHiddenFailure(countCargo('error: could not compile'), 101).failed, 1);
});

test('an exit code without a failed test is a failure', () => {
  assert.equal(withHiddenFailure({ passed: 9, failed: 0, skipped: [] }, 1).failed, 1);
  assert.equal(withHiddenFailure({ passed: 9, failed: 2, skipped: [] }, 1).failed, 2);
  assert.equal(withHiddenFailure({ passed: 9, failed: 0, skipped: [] }, 0).failed, 0);
});

test('the closing line names skipped tests only where there are any', () => {
  const green = { passed: 2, failed: 0, skipped: [] };
  assert.equal(closingLine([green, green]), '4 passed, 0 failed');
  assert.equal(closingLine([green, { passed: 0, failed: 1, skipped: ['a: b'] }]), '2 passed, 1 failed, 1 skipped');
});
