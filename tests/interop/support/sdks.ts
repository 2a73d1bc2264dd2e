/** LiveKit's own SDKs: where they are, and how their tokens differ from the requested claims. */

export type Language = 'javascript' | 'python' | 'rust' | 'go';

export interface Sdk {
  /** The package with the token builder and verifier. */
  readonly name: string;
  /** The script that makes its fixture, under tests/interop/. */
  readonly script: string;
  /** The source of its builder's time. */
  readonly clock: string;
  /** Claims that it can neither write nor read: `claim` or `claim.field`. */
  readonly lacks: readonly string[];
  /** Fields of `video` that it writes and reads even if they are not set. */
  readonly videoDefaults: Readonly<Record<string, boolean>>;
}

export const SDKS: Readonly<Record<Language, Sdk>> = {
  javascript: {
    name: 'npm livekit-server-sdk',
    script: 'javascript/make.ts',
    clock: '2026-01-01T00:00:00Z, by a mocked Date',
    lacks: ['kindDetails', 'agent', 'agentEndpoint', 'agentThread'],
    videoDefaults: {},
  },
  python: {
    name: 'PyPI livekit-api',
    script: 'python/make.py',
    clock: '2026-01-01T00:00:00Z, by a replaced datetime class',
    lacks: ['kindDetails'],
    videoDefaults: { canPublish: true, canSubscribe: true, canPublishData: true },
  },
  rust: {
    name: 'crates.io livekit-api, feature access-token',
    script: 'rust/src/make.rs',
    clock: "the system's: the SDK offers no other",
    lacks: ['kindDetails', 'roomPreset', 'video.canSubscribeMetrics', 'video.canManageAgentSession'],
    videoDefaults: {},
  },
  go: {
    name: 'Go github.com/livekit/protocol, package auth',
    script: 'go/make.go',
    clock: "the system's: the SDK offers no other",
    lacks: [],
    videoDefaults: {},
  },
};
