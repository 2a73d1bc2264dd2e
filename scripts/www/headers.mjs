// What the playground's page may do: run its own scripts and our WebAssembly, and talk to us and to LiveKit's server.

/** @param {string | undefined} livekitUrl */
export function pageHeaders(livekitUrl) {
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${["'self'", ...livekitOrigins(livekitUrl)].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // No string can become markup, whatever it contains.
    "require-trusted-types-for 'script'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self)',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}

/**
 * Of the same server, for its WebSocket and for its HTTP requests; none if the setting is no URL.
 * @param {string | undefined} url
 */
function livekitOrigins(url) {
  const http = livekitHttpUrl(url);
  return http === undefined ? [] : [http.replace(/^http/, 'ws'), http];
}

/** @param {string | undefined} url */
export function livekitHttpUrl(url) {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, host } = new URL(url);
  if (!/^(ws|http)s?:$/.test(protocol)) return undefined;
  return `${protocol.replace('ws', 'http')}//${host}`;
}
