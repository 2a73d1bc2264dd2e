/** What a browser must not do with an answer. */

/**
 * The headers that mean something for JSON. `Cross-Origin-Resource-Policy` stops pages that embed an answer without
 * asking; one that CORS allows is not affected. HSTS leaves out subdomains: they may be others'.
 */
export const SAFE_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=15552000',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;
