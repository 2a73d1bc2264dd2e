/** Authenticates the operator by `OPERATOR_KEY`. */
import { createException } from '../exception.js';
import { bearerToken } from './authenticate.js';
import type { LivekitContext } from './context.js';
import { notFound } from './errors.js';

/** Checks that the caller is the operator. Throws 404 if the settings have no valid key, and 401 for a wrong key. */
export function admitOperator(context: LivekitContext): void {
  const { service } = context.get('endpoint');
  if (!service.description.hasOperator) throw notFound();
  const key = bearerToken(context.req.raw);
  if (key === undefined || !service.call((rules) => rules.isOperator(key))) {
    const reason = key === undefined ? 'missing' : 'operator_key';
    throw createException('unauthorized', 'Unauthorized', { reason });
  }
}
