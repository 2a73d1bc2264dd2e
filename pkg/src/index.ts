/** The public names of `livekit-edge`. */
export type { IdentityPolicy, LivekitConfig } from './config.js';
export { type ErrorBody, LivekitException, type LivekitExceptionDetails } from './exception.js';
export {
  type CreateTokenRequest,
  generateToken,
  getConnectionInfo,
  LivekitService,
  missingConfiguration,
  type TokenResponse,
  validateConfiguration,
} from './service.js';
export type { Caller, GrantedRequest, RawCreateToken } from './wasm/core.js';
