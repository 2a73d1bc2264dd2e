// LiveKit's Go module, whose rules are those of the server, accepts our tokens; it returns the identity twice.
import { testAccepted } from '../support/accepted.ts';
import { verifierOf } from '../support/program.ts';

testAccepted('go', await verifierOf('go'), (signed) =>
  signed.sub === undefined ? signed : { ...signed, identity: signed.sub },
);
