import type { Context } from 'koa';
import { StagedoorError } from '../errors.ts';

/** @throws StagedoorError `not_acceptable`: there is nothing but JSON */
export function requireJsonAnswer(ctx: Context): void {
  if (ctx.accepts('application/json') === false) {
    throw new StagedoorError(
      'not_acceptable',
      'Could not satisfy the request Accept header. The answers of this API are application/json.',
    );
  }
}
