/** The playground: ask for a token and use it (`ask/`, `room/`), look at any token (`inspect/`), both through `token/`. */
import { startAsking } from './ask/ask.ts';
import { startCopies } from './ask/copy.ts';
import { startInspecting } from './inspect/inspect.ts';

const inspectLater = startInspecting();
startCopies();
await startAsking(inspectLater);
