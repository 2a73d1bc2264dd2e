import { join } from 'node:path';

/** Without minification, which the other bundlers are tested with, caches for the next build, and the list of files to deploy. */
export default {
  // The packages of these tests are beside the project, not in it.
  turbopack: { root: join(import.meta.dirname, '..', '..') },
  experimental: { turbopackMinify: false, turbopackFileSystemCacheForBuild: false },
  webpack: (config) => ({ ...config, cache: false, optimization: { ...config.optimization, minimize: false } }),
  outputFileTracingExcludes: { '*': ['**'] },
  // The build with Turbopack checks the types.
  typescript: { ignoreBuildErrors: process.argv.includes('--webpack') },
};
