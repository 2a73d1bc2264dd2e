// The packed package runs under test runners and in bundles.
import { TOOLS } from './projects.ts';
import { runProjects } from './run-projects.ts';

runProjects('tools', TOOLS);
