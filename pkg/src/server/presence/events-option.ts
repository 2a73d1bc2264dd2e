/** The option `presenceEvents`: intervals of presence streams. */
import { createException } from '../../exception.js';

/** Intervals of presence streams. */
export interface PresenceEvents {
  /** Seconds between heartbeats, which keep a connection open; the default is 15, the maximum is 60. */
  readonly heartbeatSeconds?: number | undefined;
  /** Seconds after which a client is authenticated and authorized again; the default and the maximum are 60. */
  readonly recheckSeconds?: number | undefined;
}

/** The intervals in milliseconds. */
export interface PresenceTimes {
  readonly heartbeatMs: number;
  readonly recheckMs: number;
}

const HEARTBEAT = 15;
/** Maximum of both intervals in seconds. */
const MINUTE = 60;

/** Parses the option. Throws `not_configured` for an invalid one. */
export function presenceTimes(option: PresenceEvents | undefined = {}): PresenceTimes {
  const { heartbeatSeconds = HEARTBEAT, recheckSeconds = MINUTE, ...others }: PresenceEvents = Object(option);
  const isTime = (seconds: unknown) => typeof seconds === 'number' && seconds > 0 && seconds <= MINUTE;
  if (!isTime(heartbeatSeconds) || !isTime(recheckSeconds) || Object.keys(others).length > 0) {
    const expected = `{ heartbeatSeconds, recheckSeconds }, each above 0 and at most ${MINUTE}`;
    throw createException('not_configured', `presenceEvents must be ${expected}`);
  }
  return { heartbeatMs: heartbeatSeconds * 1000, recheckMs: recheckSeconds * 1000 };
}
