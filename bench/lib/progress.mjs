// Shows the current measure and its duration in one line; without a terminal, one line for each measure.

/** @param {number} total number of measures */
export function progress(total) {
  const started = performance.now();
  const { stderr } = process;
  let number = 0;
  let current = '';
  const write = (/** @type {string} */ text) => {
    const seconds = Math.round((performance.now() - started) / 1000);
    const line = `[${number}/${total}, ${seconds} s] ${current}: ${text}`;
    if (stderr.isTTY) stderr.write(`\r\x1b[K${line.slice(0, Math.max(20, (stderr.columns ?? 80) - 1))}`);
    return line;
  };
  return {
    /** @param {string} name of the measure that starts */
    begin(name) {
      number += 1;
      current = name;
      const line = write('begins');
      if (!stderr.isTTY) stderr.write(`${line}\n`);
    },
    /** @param {string} text progress within the measure */
    say: (text) => void write(text),
    /** Clears the line before other output. */
    clear: () => void (stderr.isTTY && stderr.write('\r\x1b[K')),
    seconds: () => (performance.now() - started) / 1000,
  };
}

/** @typedef {ReturnType<typeof progress>} Progress */
