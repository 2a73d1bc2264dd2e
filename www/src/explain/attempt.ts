/** A request of the page, as far as its explanation needs to know. */
import type { Panel } from '../panel.ts';

export interface Attempt {
  /** Such as `join General Voice`. */
  readonly what: string;
  /** Name of the caller. */
  readonly user: string;
  /** Whether the user token has expired, as far as the page can tell. */
  readonly hasExpired: boolean;
  /** The required permission. */
  readonly needs: string;
  /** Why the endpoint may answer 403; the default is what applies to every channel. */
  readonly causes?: readonly string[];
  /** Whether this page has signed the user token. */
  readonly isSignedHere: boolean;
  retry(): void;
}

/** Panels of kind `info` have no retry button. */
export type Explanation = Omit<Panel, 'status' | 'messages' | 'actions'>;
