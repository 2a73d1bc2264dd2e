/** Builds for each target with webpack's defaults. A warning is a failure. */
import webpack from 'webpack';

const ENTRIES = { web: './page.js', webworker: './web-worker.js', node: './print.js' };

const configurations = Object.entries(ENTRIES).map(([target, entry]) => ({
  mode: 'production',
  target,
  entry,
  output: { filename: `${target}.js` },
  performance: false,
}));

webpack(configurations, (error, stats) => {
  if (error || stats.hasErrors() || stats.hasWarnings()) {
    console.error(error ?? stats.toString());
    process.exitCode = 1;
  }
});
