import type { Context } from 'koa';
import { StagedoorError } from '../lib/errors.ts';

/**
 * @param types what there is
 * @throws StagedoorError `not_acceptable`: the caller wants none of these
 */
export function requireAcceptable(ctx: Context, types: readonly string[]): void {
  if (ctx.accepts(...types) === false) {
    throw new StagedoorError(
      'not_acceptable',
      `Could not satisfy the request Accept header. The answers of this call are ${types[0]}.`,
    );
  }
}
