import { sqliteEngine } from '../support/store-engines.ts';
import { storeSuite } from './store-suite.ts';

storeSuite('SQLite', sqliteEngine);
