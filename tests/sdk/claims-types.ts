/**
 * `tests/vectors/claims.json` against the types: a field that only one of them has is a type error.
 * `claims.test.ts` signs with it, and a Rust test reads the same file.
 */
import type {
  AgentEndpointGrant,
  AgentGrant,
  AgentThreadGrant,
  ClaimGrants,
  InferenceGrant,
  KindDetailName,
  ObservabilityGrant,
  ParticipantKindName,
  SIPGrant,
  TrackSourceName,
  VideoGrant,
} from 'livekit-edge';
import file from '../vectors/claims.json' with { type: 'json' };

/** The claims that a token sets itself, and those of the token builder. */
type OfTheToken = 'iss' | 'sub' | 'aud' | 'exp' | 'nbf' | 'iat' | 'jti';

/** TypeScript gives a string in a JSON file the type `string`. */
type Widened<T> = T extends string ? string : T extends object ? { [Key in keyof T]: Widened<T[Key]> } : T;

/** Exactly the fields of `T`, each present and of its type. */
type Every<T> = Widened<Required<T>>;
type SameMembers<A, B> = [keyof A, keyof B] extends [keyof B, keyof A]
  ? true
  : { only: Exclude<keyof A | keyof B, keyof A & keyof B> };

const all = file.all satisfies Every<Omit<ClaimGrants, OfTheToken>>;
type All = typeof all;

true satisfies SameMembers<All, Omit<ClaimGrants, OfTheToken>>;
true satisfies SameMembers<All['video'], VideoGrant>;
true satisfies SameMembers<All['sip'], SIPGrant>;
true satisfies SameMembers<All['agent'], AgentGrant>;
true satisfies SameMembers<All['agentEndpoint'], AgentEndpointGrant>;
true satisfies SameMembers<All['agentThread'], AgentThreadGrant>;
true satisfies SameMembers<All['inference'], InferenceGrant>;
true satisfies SameMembers<All['observability'], ObservabilityGrant>;

/** Every claim and every field. */
export const EVERYTHING = all as Widened<All> as ClaimGrants & Required<Pick<ClaimGrants, keyof All>>;

/** Separate claims, for values that exclude each other. */
export const ALTERNATIVES = file.alternatives as readonly ClaimGrants[];

/** The names in the types; the compiler requires all of them here. */
export const KINDS = Object.keys({
  standard: 0,
  ingress: 0,
  egress: 0,
  sip: 0,
  agent: 0,
  connector: 0,
  bridge: 0,
} satisfies Record<ParticipantKindName, 0>);

export const KIND_DETAILS = Object.keys({
  cloud_agent: 0,
  forwarded: 0,
  connector_whatsapp: 0,
  connector_twilio: 0,
  bridge_rtsp: 0,
  simulation: 0,
} satisfies Record<KindDetailName, 0>);

export const SOURCES = Object.keys({
  camera: 0,
  microphone: 0,
  screen_share: 0,
  screen_share_audio: 0,
} satisfies Record<TrackSourceName, 0>);
