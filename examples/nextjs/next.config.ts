import type { NextConfig } from 'next';

const config: NextConfig = {
  // Not bundled: the package reads its migrations from its own folder.
  serverExternalPackages: ['livekit-edge'],
};

export default config;
