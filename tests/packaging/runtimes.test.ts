// The packed package runs as it is on every runtime, and the tools that check packages find nothing.
import { RUNTIMES } from './projects.ts';
import { runProjects } from './run-projects.ts';

runProjects('runtimes', RUNTIMES);
