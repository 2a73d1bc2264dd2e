/** The results of the command `doctor`. */

/** The result of one check. */
export interface Check {
  readonly check: 'settings' | 'livekit' | 'database';
  /** Severity as for errors of settings; `ok` if there is no error. */
  readonly severity: 'ok' | 'advice' | 'warning' | 'error';
  /** One sentence, without the value of a setting. */
  readonly message: string;
  /** The setting that an error is about. */
  readonly setting?: string;
  /** The server of `LIVEKIT_SERVERS`. */
  readonly server?: string;
}

/** True if there is no warning or error, as for `/health`. */
export const isHealthy = (checks: readonly Check[]): boolean =>
  checks.every(({ severity }) => severity === 'ok' || severity === 'advice');
