import { z } from 'zod';
import { type FieldErrors, ValidationError } from '../lib/errors.ts';
import { ownValue } from '../lib/own-value.ts';
import { isUnprintable, isUnprintableInLines, quote } from '../lib/printable.ts';

const NO_CONTROL = 'Control characters and broken Unicode are not allowed.';

/** A trimmed line of up to `max` characters that may be empty. */
export function line(max: number) {
  return z
    .string()
    .trim()
    .max(max, { abort: true })
    .refine((value) => !isUnprintable(value), NO_CONTROL);
}

/** A trimmed line of 1 to `max` characters. */
export function filledLine(max: number) {
  return z
    .string()
    .trim()
    .min(1, { abort: true })
    .max(max, { abort: true })
    .refine((value) => !isUnprintable(value), NO_CONTROL);
}

/** A text of up to `max` characters that may be empty and may have several lines. */
export function lines(max: number) {
  return z
    .string()
    .transform((value) => value.replaceAll('\r\n', '\n').trim())
    .pipe(
      z
        .string()
        .max(max, { abort: true })
        .refine((value) => !isUnprintableInLines(value), NO_CONTROL),
    )
    .meta({ maxLength: max });
}

/** A list of words out of `known`, without repetitions, in the order of `known`. */
export function subsetOf<const Word extends string>(known: readonly Word[]) {
  const words: readonly string[] = known;
  return z.array(z.string().meta({ enum: [...known] })).transform((given, ctx) => {
    for (const one of new Set(given.filter((word) => !words.includes(word)))) {
      ctx.addIssue({ code: 'custom', message: `${quote(one)} is not a valid choice.` });
    }
    return known.filter((word) => given.includes(word));
  });
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;

/** Times that every database stores. */
const YEARS = /^(?!0000)\d{4}-/;

/** A moment, ISO 8601 with its time zone. */
export const moment = z
  .string()
  .refine((value) => DATE_TIME.test(value) && !Number.isNaN(Date.parse(value)), {
    error: 'Not a time in ISO 8601 with a time zone, such as 2026-12-31T23:59:59Z.',
    abort: true,
  })
  .transform((value) => new Date(value))
  .refine(
    (at) => YEARS.test(at.toISOString()),
    'The year must be between 0001 and 9999, also in UTC.',
  )
  .meta({ format: 'date-time' });

/** A time in answers, ISO 8601 in UTC. */
export const time = z.string().meta({ format: 'date-time' });

/**
 * Parses input by a schema whose keys are the names on the wire; unknown fields are dropped.
 * @throws ValidationError with the contract's messages by field
 */
export function parseFields<S extends z.ZodObject>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value, { error: messageOf });
  if (!parsed.success) {
    throw new ValidationError(byField(parsed.error.issues));
  }
  return parsed.data;
}

function byField(issues: readonly z.core.$ZodIssue[]): FieldErrors {
  const fields = new Map<string, string[]>();
  for (const { path, message } of issues) {
    const [field = 'non_field_errors', ...inside] = path.map(String);
    const place = inside.length === 0 ? '' : `${inside.join('.')}: `;
    fields.set(field, [...(fields.get(field) ?? []), place + message]);
  }
  return Object.fromEntries(fields);
}

const WRONG_TYPE: Record<string, string> = {
  string: 'Not a valid string.',
  boolean: 'Must be a valid boolean.',
  array: 'Expected a list of items.',
};

function messageOf(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) {
    return 'This field is required.';
  }
  if (issue.input === null) {
    return 'This field may not be null.';
  }
  switch (issue.code) {
    case 'invalid_type':
      return ownValue(WRONG_TYPE, issue.expected) ?? 'Not a valid value.';
    case 'invalid_value':
      return typeof issue.input === 'string'
        ? `${quote(issue.input)} is not a valid choice.`
        : 'Not a valid string.';
    case 'too_small':
      return issue.origin === 'array'
        ? 'This list may not be empty.'
        : 'This field may not be blank.';
    case 'too_big':
      return `Ensure this field has no more than ${issue.maximum} ${issue.origin === 'array' ? 'elements' : 'characters'}.`;
    default:
      return 'Not a valid value.';
  }
}
