/** request → the operator, by the key of the setting `OPERATOR_KEY`. */
import { createException } from '../exception.js';
import { bearerToken } from './authenticate.js';
import type { LivekitContext } from './context.js';
import { notFound } from './errors.js';

/** Admits the operator. Throws 404 without a valid key in the settings, and 401 for any other key. */
export function admitOperator(context: LivekitContext): void {
  const { service } = context.get('endpoint');
  if (!service.description.hasOperator) throw notFound();
  const key = bearerToken(context.req.raw);
  if (key === undefined || !service.call((rules) => rules.isOperator(key))) {
    const reason = key === undefined ? 'missing' : 'operator_key';
    throw createException('unauthorized', 'Unauthorized', { reason });
  }
}
