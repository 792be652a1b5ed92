import type { Context } from 'koa';
import { ownValue } from '../lib/own-value.ts';

/** Reads a parameter of the route's path, decoded. */
export type Param = (name: string) => string;

/** The parameters of the request's path. */
export function paramsOf(ctx: Context): Param {
  const params: Record<string, string> = ctx.params;
  return (name) => ownValue(params, name) ?? '';
}
