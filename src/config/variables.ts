import { z } from 'zod';

/** A list of words, separated by commas or white space. */
export const words = z
  .string()
  .transform((value) => value.split(/[\s,]+/).filter((word) => word !== ''));

/** `1` and `true`, or `0` and `false`. */
export const flag = z
  .enum(['0', '1', 'true', 'false'])
  .transform((value) => ['1', 'true'].includes(value));

/** A whole number of seconds. */
export const seconds = (fallback: number, least = 1) =>
  z.coerce
    .number({ error: 'must be a number of seconds' })
    .int('must be a whole number of seconds')
    .min(least, `must be at least ${least} (seconds)`)
    .default(fallback);

/** A whole number of days, of which 0 has a meaning of its own: `never`, for example. */
export const days = (fallback: number, zero: string, least = 0) =>
  z.coerce
    .number({ error: 'must be a number of days' })
    .int('must be a whole number of days')
    .refine(
      (given) => given === 0 || given >= Math.max(least, 1),
      least === 0
        ? `must be at least 0 (${zero})`
        : `must be 0 (${zero}) or at least ${least} (days)`,
    )
    .default(fallback);

/** A number of things. */
export const count = (fallback: number, least: number) =>
  z.coerce.number({ error: 'must be a number' }).int().min(least).default(fallback);

/** A secret that other programs know, too. */
export const secret = z.string().min(32, 'must have at least 32 characters');
