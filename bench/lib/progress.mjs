// One line that says what is being measured and for how long already; where there is no terminal, a line a measure.

/** @param {number} total how many measures there are */
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
    /** @param {string} name of the measure that begins */
    begin(name) {
      number += 1;
      current = name;
      const line = write('begins');
      if (!stderr.isTTY) stderr.write(`${line}\n`);
    },
    /** @param {string} text how far it is */
    say: (text) => void write(text),
    /** Makes room for what is printed next. */
    clear: () => void (stderr.isTTY && stderr.write('\r\x1b[K')),
    seconds: () => (performance.now() - started) / 1000,
  };
}

/** @typedef {ReturnType<typeof progress>} Progress */
