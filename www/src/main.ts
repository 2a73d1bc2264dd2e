/** The playground: sign in, ask for a token, join a room with it, moderate and record it, watch presence; and inspect any token. */
import { startAsking } from './ask/ask.ts';
import { startCopies } from './ask/copy.ts';
import { offerRooms } from './ask/room-choice.ts';
import { startChannel } from './channel/channel.ts';
import { startInspecting } from './inspect/inspect.ts';
import { startPresence } from './presence/presence.ts';
import { currentSession } from './session/session.ts';
import { startSignIn } from './session/sign-in.ts';

const passToInspect = startInspecting();
startCopies();
const choices = await startSignIn();
const room = offerRooms(choices);
startChannel(room);
startPresence(choices.channels, currentSession());
startAsking(room, passToInspect);
