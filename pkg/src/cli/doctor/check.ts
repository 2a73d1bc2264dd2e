/** The result of a check of the command `doctor`. */

/** What was checked, and how it is. */
export interface Check {
  readonly check: 'settings' | 'livekit' | 'database';
  /** As of an error of a setting; `ok` without one. */
  readonly severity: 'ok' | 'advice' | 'warning' | 'error';
  /** A sentence without the value of a setting. */
  readonly message: string;
  /** The setting that an error is about. */
  readonly setting?: string;
  /** The server of `LIVEKIT_SERVERS`. */
  readonly server?: string;
}

/** Whether the endpoint works, as its `/health` decides it. */
export const isHealthy = (checks: readonly Check[]): boolean =>
  checks.every(({ severity }) => severity === 'ok' || severity === 'advice');
