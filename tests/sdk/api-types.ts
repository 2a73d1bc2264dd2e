/** The clients of LiveKit's API have the types of LiveKit's SDK: a method or option that differs is a type error. */
import type * as edge from 'livekit-edge';
import type * as sdk from 'livekit-server-sdk';

/** The public part of a class, because a private field makes any two classes different. */
type Public<T> = { [Name in keyof T]: T[Name] };

/** True if each type is assignable to the other. */
type Same<A, B> = [A, B] extends [B, A] ? ([keyof A, keyof B] extends [keyof B, keyof A] ? true : false) : false;

type Constructed<T extends abstract new (...args: never) => unknown> = ConstructorParameters<T>;

true satisfies Same<Public<edge.RoomServiceClient>, Public<sdk.RoomServiceClient>>;
true satisfies Same<Public<edge.AgentDispatchClient>, Public<sdk.AgentDispatchClient>>;
true satisfies Same<Public<edge.EgressClient>, Public<sdk.EgressClient>>;
true satisfies Same<Constructed<typeof edge.RoomServiceClient>, Constructed<typeof sdk.RoomServiceClient>>;
true satisfies Same<Constructed<typeof edge.AgentDispatchClient>, Constructed<typeof sdk.AgentDispatchClient>>;
true satisfies Same<Constructed<typeof edge.EgressClient>, Constructed<typeof sdk.EgressClient>>;

true satisfies Same<edge.ClientOptions, sdk.ClientOptions>;
true satisfies Same<edge.CreateOptions, sdk.CreateOptions>;
true satisfies Same<edge.SendDataOptions, sdk.SendDataOptions>;
true satisfies Same<edge.UpdateParticipantOptions, sdk.UpdateParticipantOptions>;
true satisfies Same<edge.RemoveParticipantOptions, sdk.RemoveParticipantOptions>;
true satisfies Same<edge.BaseOptions, sdk.BaseOptions>;
true satisfies Same<edge.RoomCompositeOptions, sdk.RoomCompositeOptions>;
true satisfies Same<edge.WebOptions, sdk.WebOptions>;
true satisfies Same<edge.ParticipantEgressOptions, sdk.ParticipantEgressOptions>;
true satisfies Same<edge.TrackCompositeOptions, sdk.TrackCompositeOptions>;
true satisfies Same<edge.EncodedOutputs, sdk.EncodedOutputs>;
true satisfies Same<edge.ListEgressOptions, sdk.ListEgressOptions>;

/** The fields of an error have the same or a narrower type; there are more, those of a `LivekitException`. */
true satisfies edge.ServerError extends sdk.ServerError ? true : false;
true satisfies Constructed<typeof edge.TwirpError>[2] extends Constructed<typeof sdk.TwirpError>[2] ? true : false;
