/** Creates the OpenAPI 3.1 document of an endpoint. Paths are relative to its prefix. */
import { createPaths } from './paths.js';
import { type DocumentOptions, referencedSchemas } from './schemas.js';
import { OPERATOR } from './sync.js';

/** Version of the package. A test compares it with package.json. */
const VERSION = '0.1.0';

/** Security schemes of user tokens, unless the application has its own `authenticate`. */
const USER_TOKENS = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: "The application's user token." },
  cookie: { type: 'apiKey', in: 'cookie', name: 'access_token', description: 'The user token in a cookie.' },
};

/** Creates the document for an endpoint with these options. */
export function createDocument(options: DocumentOptions): object {
  const paths = createPaths(options);
  return {
    openapi: '3.1.0',
    info: {
      title: 'livekit-edge',
      version: VERSION,
      summary: options.ownAuthorize
        ? 'LiveKit access tokens for the users of an application.'
        : 'LiveKit access tokens for the users of an application, by channel-based RBAC.',
      ...(options.ownAuthenticate ? { description: 'The application authenticates requests in its own way.' } : {}),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.', description: 'The location of this document.' }],
    ...(options.ownAuthenticate ? {} : { security: [{ bearer: [] }, { cookie: [] }] }),
    paths,
    components: {
      securitySchemes: {
        ...(options.ownAuthenticate ? {} : USER_TOKENS),
        ...(options.syncs ? OPERATOR : {}),
        livekit: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'A token of the LiveKit server with the digest of the body.',
        },
      },
      schemas: referencedSchemas(paths, options),
    },
  };
}
