// Runs tasks inside one request. The client measures the time, because the clock of a Worker does not advance during
// CPU work.

export default {
  /** @param {Request} request */
  async fetch(request) {
    // Imported here, because a Worker cannot import keys at the top level.
    const { work } = await import('./tasks.mjs');
    const { searchParams } = new URL(request.url);
    await work(searchParams.get('task') ?? '', Number(searchParams.get('count')));
    return new Response('done');
  },
};
