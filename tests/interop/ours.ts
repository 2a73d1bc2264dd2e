/** The package under test: one line says which build of it. */
export * from 'livekit-edge';
