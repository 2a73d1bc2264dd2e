/** The package under test: this line chooses its build. */
export * from 'livekit-edge';
