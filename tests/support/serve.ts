/** The entry of the runtime that this is. */
export const { serve } = 'Deno' in globalThis ? await import('livekit-edge/deno') : await import('livekit-edge/node');
