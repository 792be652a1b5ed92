import type { Context } from 'koa';
import { z } from 'zod';
import type { Ordering } from '../db/slice.ts';
import { moment, parseFields } from './fields.ts';

/**
 * Parses the query parameters that a schema names; others are ignored, and of one that is there
 * several times the last counts.
 * @throws ValidationError
 */
export function readQuery<S extends z.ZodObject>(ctx: Context, schema: S): z.output<S> {
  return parseFields(schema, Object.fromEntries(new URLSearchParams(ctx.querystring)));
}

/** `true` or `false`, and nothing else. */
export function flag(description: string) {
  return z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .describe(description);
}

/** A text that `isValid`, else the answer states the `problem`; an empty one filters nothing. */
export function filter(isValid: (value: string) => boolean, problem: string, description: string) {
  return z
    .string()
    .refine((value) => value === '' || isValid(value), problem)
    .transform((value) => value || undefined)
    .optional()
    .describe(description);
}

/** A moment, ISO 8601 with its time zone; an empty one filters nothing. */
export function sinceMoment(description: string) {
  return (
    z
      .string()
      // An unencoded plus sign arrives as a space.
      .transform((value) => value.replace(/ (?=\d\d:?\d\d$)/, '+') || undefined)
      .pipe(moment.optional())
      .optional()
      .meta({ description, format: 'date-time' })
  );
}

/** `field` or `-field`, of these fields; anything else is refused. */
export function ordering<const Field extends string>(
  fields: readonly [Field, ...Field[]],
  byDefault: Field | `-${Field}`,
) {
  return z
    .enum(fields.flatMap((field) => [field, `-${field}`]))
    .default(byDefault)
    .transform((choice): Ordering<Field> => {
      const field = fields.find((one) => choice === one || choice === `-${one}`) ?? fields[0];
      return { field, direction: choice.startsWith('-') ? 'desc' : 'asc' };
    })
    .describe('Field to order by; a minus sign reverses the order.');
}
