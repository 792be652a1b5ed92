import { timingSafeEqual } from 'node:crypto';
import type { Middleware } from 'koa';
import type { Actor } from '../audit/event.ts';
import { hashOf } from '../credentials.ts';
import { StagedoorError } from '../errors.ts';

/** What `requireOperator` leaves in `ctx.state`. */
export interface OperatorState {
  actor: Actor;
}

/**
 * Lets in whoever sends `Authorization: Token <operator token>`.
 * @param operatorToken unset: nobody gets in
 * @throws StagedoorError `unauthenticated`, with the challenge already in the answer's headers
 */
export function requireOperator(operatorToken: string | undefined): Middleware<OperatorState> {
  const expected = operatorToken === undefined ? undefined : hashOf(operatorToken);
  return async (ctx, next) => {
    ctx.vary('Authorization');
    // Answers hold personal data and, once, secrets.
    ctx.set('Cache-Control', 'no-store');
    const [, given] = /^Token +(.+)$/i.exec(ctx.get('Authorization')) ?? [];
    if (
      given === undefined ||
      expected === undefined ||
      !timingSafeEqual(hashOf(given), expected)
    ) {
      ctx.set('WWW-Authenticate', 'Token');
      throw new StagedoorError(
        'unauthenticated',
        ctx.get('Authorization') === ''
          ? 'Authentication credentials were not provided.'
          : 'Invalid token.',
      );
    }
    ctx.state.actor = 'operator:bootstrap';
    await next();
  };
}
