import { d1Engine } from '../support/store-engines.ts';
import { storeSuite } from './store-suite.ts';

storeSuite('D1', d1Engine);
