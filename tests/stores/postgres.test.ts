import { postgresEngine } from '../support/store-engines.ts';
import { storeSuite } from './store-suite.ts';

storeSuite('PostgreSQL', postgresEngine);
