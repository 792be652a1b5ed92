import type { Context } from 'koa';
import { StagedoorError } from '../lib/errors.ts';
import { ownValue } from '../lib/own-value.ts';

/** Reads a parameter of the route's path, decoded. */
export type Param = (name: string) => string;

/** The parameters of the request's path. */
export function paramsOf(ctx: Context): Param {
  const params: Record<string, string> = ctx.params;
  return (name) => ownValue(params, name) ?? '';
}

/**
 * Returns `value`.
 * @throws StagedoorError `not_found` if it is undefined
 */
export function found<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  return value;
}
