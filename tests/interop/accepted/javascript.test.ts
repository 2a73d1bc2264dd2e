// LiveKit's JavaScript SDK accepts our tokens; it returns the payload unchanged.
import { TokenVerifier } from 'livekit-server-sdk';
import { type Answer, testAccepted } from '../support/accepted.ts';

testAccepted(
  'javascript',
  (tokens, key, secret) => {
    const verifier = new TokenVerifier(key, secret);
    const verify = async (token: string): Promise<Answer> => {
      try {
        return { claims: await verifier.verify(token) };
      } catch (error) {
        return { refused: String(error) };
      }
    };
    return Promise.all(tokens.map(verify));
  },
  (signed) => signed,
);
