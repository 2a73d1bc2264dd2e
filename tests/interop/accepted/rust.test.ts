// LiveKit's Rust SDK reads our tokens; it drops the claims that it does not know.
import { testAccepted } from '../support/accepted.ts';
import { asSaidBy } from '../support/cases.ts';
import { verifierOf } from '../support/program.ts';
import { SDKS } from '../support/sdks.ts';

testAccepted('rust', await verifierOf('rust'), (signed) => asSaidBy(SDKS.rust, signed));
