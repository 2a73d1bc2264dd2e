/** The path for the operator. */
import { BAD_REQUEST, BODY_TIMEOUT, request, response, TOO_LARGE, TOO_MANY, UNAVAILABLE } from './responses.js';

/** Security scheme of the operator. */
export const OPERATOR = {
  operator: { type: 'http', scheme: 'bearer', description: 'The key of the setting OPERATOR_KEY.' },
};

/** The paths for the operator. */
export const SYNC_PATHS = {
  '/sync': {
    post: {
      summary:
        'For the operator: updates the permissions of participants to the current rules, or removes participants.',
      security: [{ operator: [] }],
      requestBody: request('SyncRequest'),
      responses: {
        200: response('The result. Repeat the request if it is not complete.', 'SyncResult'),
        400: BAD_REQUEST,
        401: response('The key is not the key of the operator.', 'Unauthorized'),
        404: response('The room is neither a channel nor a group; or OPERATOR_KEY is not set.', 'SyncNotFound'),
        408: BODY_TIMEOUT,
        413: TOO_LARGE,
        429: TOO_MANY,
        500: response('Credentials are missing, or the URL is invalid.', 'NotConfigured'),
        503: UNAVAILABLE,
      },
    },
  },
};
