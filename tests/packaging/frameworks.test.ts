// The packed package runs in frameworks and in the tools that serve them.
import { FRAMEWORKS } from './projects.ts';
import { runProjects } from './run-projects.ts';

runProjects('frameworks', FRAMEWORKS);
