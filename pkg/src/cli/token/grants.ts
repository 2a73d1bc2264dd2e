/** Options of the command `token` for grants: one option for each field of each grant. */
import { type Command, Option } from 'commander';
import type {
  AgentEndpointGrant,
  AgentGrant,
  AgentThreadGrant,
  InferenceGrant,
  ObservabilityGrant,
  SIPGrant,
  VideoGrant,
} from '../../grants.js';
import { MEANING } from '../../inspect/meaning.js';

interface Grants {
  video: VideoGrant;
  sip: SIPGrant;
  agent: AgentGrant;
  agentEndpoint: AgentEndpointGrant;
  agentThread: AgentThreadGrant;
  inference: InferenceGrant;
  observability: ObservabilityGrant;
}

/** Kind of option. `three-state` can also be false; `own` means that `command.ts` defines the option. */
type Kind = 'flag' | 'three-state' | 'text' | 'list' | 'own';

/** The kind of each field. A new field without a kind does not compile. */
const KINDS: { [Claim in keyof Grants]: Record<keyof Grants[Claim], Kind> } = {
  video: {
    room: 'own',
    roomJoin: 'own',
    canPublishSources: 'own',
    canPublish: 'three-state',
    canSubscribe: 'three-state',
    canPublishData: 'three-state',
    canUpdateOwnMetadata: 'three-state',
    canSubscribeMetrics: 'three-state',
    canManageAgentSession: 'three-state',
    hidden: 'flag',
    recorder: 'flag',
    agent: 'flag',
    roomAdmin: 'flag',
    destinationRoom: 'text',
    roomCreate: 'flag',
    roomList: 'flag',
    roomRecord: 'flag',
    ingressAdmin: 'flag',
  },
  sip: { admin: 'flag', call: 'flag' },
  agent: { admin: 'flag', simulationAdmin: 'flag', databaseAdmin: 'flag', dispatchAdmin: 'flag' },
  agentEndpoint: { call: 'flag', agentName: 'text', deployment: 'text' },
  agentThread: {
    all: 'flag',
    scope: 'text',
    threadIds: 'list',
    list: 'flag',
    create: 'flag',
    write: 'flag',
    read: 'flag',
    delete: 'flag',
  },
  inference: { perform: 'flag' },
  observability: { write: 'flag' },
};

/** Options that are not named by claim and field. */
const NAMES: Readonly<Record<string, string>> = {
  'video.agent': 'agent-worker',
  'agentThread.threadIds': 'agent-thread-id',
};

/** The fields that this file defines an option for. */
const FIELDS = Object.entries(KINDS).flatMap(([claim, kinds]) =>
  Object.entries(kinds)
    .filter(([, kind]) => kind !== 'own')
    .map(([field, kind]) => ({ claim, field, kind, name: optionName(claim, field) })),
);

function optionName(claim: string, field: string): string {
  const name = claim === 'video' ? field : `${claim}-${field}`;
  return NAMES[`${claim}.${field}`] ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Adds the options of the grants to a command. */
export function addGrantOptions(command: Command): void {
  command.optionsGroup('Grants:');
  for (const { claim, field, kind, name } of FIELDS) {
    const meaning = (MEANING[`${claim}.${field}`] ?? '').replace(/\.$/, '');
    command.addOption(createOption(name, kind, meaning));
    if (kind === 'three-state') command.option(`--no-${name}`, 'denies it');
  }
}

function createOption(name: string, kind: Kind, meaning: string): Option {
  if (kind === 'text') return new Option(`--${name} <text>`, meaning);
  if (kind !== 'list') return new Option(`--${name}`, meaning);
  return new Option(`--${name} <id>`, `${meaning} (repeatable)`).argParser(collect);
}

/** Collects the values of an option that may be repeated. */
export const collect = (value: string, values: string[] = []): string[] => [...values, value];

/** Parses the options into grants by claim. */
export function parseGrants(options: Readonly<Record<string, unknown>>): Record<string, Record<string, unknown>> {
  const grants: Record<string, Record<string, unknown>> = {};
  for (const { claim, field, name } of FIELDS) {
    const value = options[new Option(`--${name}`).attributeName()];
    if (value !== undefined) grants[claim] = { ...grants[claim], [field]: value };
  }
  return grants;
}
