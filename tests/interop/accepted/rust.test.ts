// LiveKit's Rust SDK accepts our tokens; it drops unknown claims.
import { testAccepted } from '../support/accepted.ts';
import { asSaidBy } from '../support/cases.ts';
import { verifierOf } from '../support/program.ts';
import { SDKS } from '../support/sdks.ts';

testAccepted('rust', await verifierOf('rust'), (signed) => asSaidBy(SDKS.rust, signed));
