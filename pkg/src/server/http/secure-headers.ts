/** What a browser must not do with an answer. */
import { secureHeaders } from 'hono/secure-headers';

/**
 * The headers that mean something for JSON. `Cross-Origin-Resource-Policy` stops pages that embed an answer without
 * asking; one that CORS allows is not affected. HSTS leaves out subdomains: they may be others'.
 */
export const secureAnswers = secureHeaders({
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  crossOriginResourcePolicy: 'same-origin',
  referrerPolicy: 'no-referrer',
  strictTransportSecurity: 'max-age=15552000',
  xContentTypeOptions: 'nosniff',
  xFrameOptions: 'DENY',
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});
