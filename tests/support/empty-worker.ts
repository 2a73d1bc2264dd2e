/** A Worker that is there for its database alone. */
export default { fetch: () => new Response(null, { status: 404 }) };
