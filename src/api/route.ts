import { StagedoorError } from '../errors.ts';

/** A parameter of the route's path, decoded. */
export function param(ctx: { readonly params: Record<string, string> }, name: string): string {
  return ctx.params[name] ?? '';
}

/**
 * What was asked for.
 * @throws StagedoorError `not_found` where there is nothing
 */
export function found<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  return value;
}
