/** The public names of `livekit-edge`. */
export type { IdentityPolicy, LivekitConfig } from './config.js';
export { type ErrorBody, type LivekitErrorCode, LivekitException, type LivekitExceptionDetails } from './exception.js';
export {
  type CreateTokenRequest,
  generateToken,
  getConnectionInfo,
  LivekitService,
  missingConfiguration,
  type TokenResponse,
  validateConfiguration,
} from './service.js';
