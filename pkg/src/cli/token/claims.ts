/** Converts the options of the command `token` into an access token to sign. The rules check its claims. */
import { usageError } from '../failure.js';
import { parseGrants } from './grants.js';

/** The options that are not grants. */
export interface TokenOptions extends Readonly<Record<string, unknown>> {
  readonly room?: string;
  readonly identity?: string;
  readonly name?: string;
  readonly ttl?: string;
  readonly metadata?: string;
  readonly attribute?: readonly string[];
  readonly source?: readonly string[];
  readonly agent?: readonly string[];
  readonly roomPreset?: string;
  readonly kind?: string;
  /** False for `--no-room-join`. */
  readonly roomJoin: boolean;
}

/** The fields of an access token, as the rules parse them. */
export function accessToken(options: TokenOptions): object {
  const { identity, ttl, name, metadata, attribute, roomPreset, kind, agent } = options;
  const { video, ...grants } = parseGrants(options);
  const claims = {
    video: videoGrant(options, video),
    ...grants,
    name,
    metadata,
    attributes: attribute && parseAttributes(attribute),
    kind,
    roomPreset,
    roomConfig: agent && { agents: agent.map(parseAgent) },
  };
  if (claims.video === undefined && Object.keys(grants).length === 0) {
    throw usageError('Nothing is granted: name a room with --room, or a grant such as --room-list');
  }
  return { identity, ttl: ttl === undefined ? undefined : secondsOrDuration(ttl), claims };
}

/** The `video` grant. `--room` implies `roomJoin`, unless `--no-room-join` is set. */
function videoGrant({ room, roomJoin, source }: TokenOptions, others: object | undefined): object | undefined {
  if (room === undefined && source === undefined) return others;
  const join = room !== undefined && roomJoin ? { roomJoin: true } : {};
  return { room, ...join, canPublishSources: source, ...others };
}

/**
 * Parses a TTL: a number of seconds, or a duration. An infinite number would become `null` in JSON, which means the
 * default.
 */
function secondsOrDuration(ttl: string): number | string {
  const seconds = Number(ttl);
  return /^\d+(\.\d+)?$/.test(ttl) && Number.isFinite(seconds) ? seconds : ttl;
}

function parseAttributes(pairs: readonly string[]): Record<string, string> {
  const attributes = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw usageError('--attribute must be key=value');
    const key = pair.slice(0, at);
    if (attributes.has(key)) throw usageError('--attribute repeats a key');
    attributes.set(key, pair.slice(at + 1));
  }
  return Object.fromEntries(attributes);
}

/** Parses `name` or `name:metadata`. */
function parseAgent(text: string): object {
  const at = text.indexOf(':');
  const agentName = at < 0 ? text : text.slice(0, at);
  if (agentName === '') throw usageError('--agent must be name or name:metadata');
  return at < 0 ? { agentName } : { agentName, metadata: text.slice(at + 1) };
}
