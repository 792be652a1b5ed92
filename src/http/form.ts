import type { Context } from 'koa';
import { z } from 'zod';
import { StagedoorError } from '../lib/errors.ts';
import { readBody } from './body.ts';

/** A posted form is at most this long, in bytes. */
export const MAX_FORM_BYTES = 100 * 1024;

/**
 * Reads a posted form. Values may hold any character: callers refuse control characters.
 * @throws StagedoorError `unsupported_media_type`, `payload_too_large`
 */
export async function readForm(ctx: Context): Promise<URLSearchParams> {
  const type = ctx.get('Content-Type').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new StagedoorError(
      'unsupported_media_type',
      'The form must be sent as application/x-www-form-urlencoded.',
    );
  }
  const body = await readBody(ctx, MAX_FORM_BYTES);
  return new URLSearchParams(body.toString('utf8'));
}

/** Schema of a posted form: an object of field names, each with all values as they were posted. */
export type FormSchema<Form> = z.ZodType<Form>;

/** Schema of a text field: its first value, empty if it was not posted. */
export const text = z
  .array(z.string())
  .default([])
  .transform(([first = '']) => first);

/** Schema of a repeated field: all of its values. */
export const list = z.array(z.string()).default([]);

/** Schema of a form with no fields but the CSRF token. */
export const noFields = z.object({});

/**
 * Returns all values of each name, in one pass: `getAll` for each of 10,000 names takes seconds, in which
 * the server answers nobody.
 */
export function valuesByName(form: Iterable<[string, string]>): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of form) {
    const earlier = values.get(name);
    if (earlier === undefined) {
      values.set(name, [value]);
    } else {
      earlier.push(value);
    }
  }
  return values;
}

/**
 * Reads the fields that the schema names; ignores all others.
 * @throws StagedoorError `validation_failed`
 */
export function parseForm<Form>(schema: FormSchema<Form>, form: URLSearchParams): Form {
  const read = schema.safeParse(Object.fromEntries(valuesByName(form)));
  if (!read.success) {
    throw new StagedoorError('validation_failed', z.prettifyError(read.error));
  }
  return read.data;
}
