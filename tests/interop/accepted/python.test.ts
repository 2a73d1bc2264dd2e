// LiveKit's Python SDK accepts our tokens; it returns `sub` as `identity`, no issuer, no times, and unset values as false.
import { testAccepted } from '../support/accepted.ts';
import { asSaidBy, type Claims } from '../support/cases.ts';
import { verifierOf } from '../support/program.ts';
import { SDKS } from '../support/sdks.ts';

const { videoDefaults } = SDKS.python;
const agentDefaults = { admin: false, simulationAdmin: false, databaseAdmin: false, dispatchAdmin: false };
const threadDefaults = { all: false, list: false, create: false, write: false, read: false, delete: false };

function read(signed: Claims): unknown {
  const { iss, exp, nbf, sub, agent, agentEndpoint, agentThread, ...others } = asSaidBy(SDKS.python, signed);
  return {
    ...others,
    ...(sub !== undefined && { identity: sub }),
    video: { ...videoDefaults, ...others.video },
    sip: { admin: false, call: false, ...others.sip },
    inference: { perform: false, ...others.inference },
    observability: { write: false, ...others.observability },
    attributes: others.attributes ?? {},
    ...(agent && { agent: { ...agentDefaults, ...agent } }),
    ...(agentEndpoint && { agentEndpoint: { call: false, ...agentEndpoint } }),
    ...(agentThread && { agentThread: { ...threadDefaults, ...agentThread } }),
  };
}

testAccepted('python', await verifierOf('python'), read);
