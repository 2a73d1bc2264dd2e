/** What every answer has, also that to a path which leads nowhere: an id, a line in the log, and the safe headers. */
import { requestIds } from './request-id.js';
import { logRequests } from './request-log.js';
import { secureAnswers } from './secure-headers.js';

export const everyAnswer = [requestIds, logRequests, secureAnswers] as const;
