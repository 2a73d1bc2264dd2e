/** The contract of every store. The cases are the same on every engine. */
import { after, before, describe } from 'node:test';
import type { Engine } from '../support/store-engines.ts';
import { factsCases } from './facts-cases.ts';
import { faultCases } from './fault-cases.ts';
import { moderationCases } from './moderation-cases.ts';
import { presenceCases } from './presence-cases.ts';
import { presenceOrderCases } from './presence-order-cases.ts';
import { reconciliationCases } from './reconciliation-cases.ts';
import { reconciliationModelCases } from './reconciliation-model-cases.ts';
import { recordingCases } from './recording-cases.ts';
import { roomsCases } from './rooms-cases.ts';

/** Runs the suite on an engine. */
export function storeSuite(name: string, open: () => Promise<Engine>): void {
  describe(`the store on ${name}`, () => {
    let engine: Engine;
    before(async () => {
      engine = await open();
    });
    after(() => engine?.stop());
    describe('facts', () => factsCases(() => engine));
    describe('presence', () => presenceCases(() => engine));
    describe('presence in every order of events', () => presenceOrderCases(() => engine));
    describe('presence that is compared with LiveKit', () => reconciliationCases(() => engine));
    describe('presence after lost events', () => reconciliationModelCases(() => engine));
    describe('moderation', () => moderationCases(() => engine));
    describe('rooms', () => roomsCases(() => engine));
    describe('recordings', () => recordingCases(() => engine));
    describe('faults', () => faultCases(() => engine));
  });
}
