// The same inside one request: there the clock stands still, so whoever asks has it.

export default {
  /** @param {Request} request */
  async fetch(request) {
    // Not at the top: there a Worker may neither read the clock nor import keys.
    const { work } = await import('./tasks.mjs');
    const { searchParams } = new URL(request.url);
    await work(searchParams.get('task') ?? '', Number(searchParams.get('count')));
    return new Response('done');
  },
};
