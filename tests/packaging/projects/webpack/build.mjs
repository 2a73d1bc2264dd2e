/** Builds for each target with webpack's defaults. */
import webpack from 'webpack';

const configurations = ['web', 'webworker', 'node'].map((target) => ({
  mode: 'production',
  target,
  entry: { web: './page.js', webworker: './web-worker.js', node: './print.js' }[target],
  output: { filename: `${target}.js` },
  performance: false,
}));

webpack(configurations, (error, stats) => {
  if (error || stats.hasErrors() || stats.hasWarnings()) {
    console.error(error ?? stats.toString());
    process.exitCode = 1;
  }
});
