// A reporter for `node --test`: one line for each test file, its milliseconds and its name.

/** @param {AsyncIterable<{ type: string, data: { file?: string, duration_ms?: number } }>} events */
export default async function* durations(events) {
  for await (const { type, data } of events) {
    if (type === 'test:summary' && data.file !== undefined) yield `${Math.round(data.duration_ms ?? 0)} ${data.file}\n`;
  }
}
