import type { Context } from 'koa';
import type { z } from 'zod';
import { readBody } from '../http/body.ts';
import { StagedoorError } from '../lib/errors.ts';
import { parseFields } from './fields.ts';

/** Longest request body, in bytes. */
const LIMIT = 1024 * 1024;
const JSON_TYPE = ['application/json'];

/** A body that was read. */
export interface JsonBody<T> {
  readonly value: T;
  /** As it was sent. */
  readonly bytes: Uint8Array;
}

/**
 * Reads a JSON object from the request and parses it; a request without a body counts as `{}`.
 * @throws StagedoorError `unsupported_media_type`, `payload_too_large` or `validation_failed`;
 *   ValidationError for fields that do not fit
 */
export async function readJson<S extends z.ZodObject>(
  ctx: Context,
  schema: S,
): Promise<JsonBody<z.output<S>>> {
  const { value, bytes } = await readObject(ctx);
  return { value: parseFields(schema, value), bytes };
}

async function readObject(ctx: Context): Promise<JsonBody<object>> {
  const type = ctx.get('Content-Type');
  if (type !== '') {
    requireMediaType(type, JSON_TYPE);
  }
  const bytes = await readBody(ctx, LIMIT);
  if (bytes.length === 0) {
    return { value: {}, bytes };
  }
  requireMediaType(type, JSON_TYPE);
  const value = parseJson(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StagedoorError('validation_failed', 'Invalid data. Expected a JSON object.');
  }
  return { value, bytes };
}

/**
 * JSON is UTF-8 (RFC 8259 section 8.1); a charset that says otherwise is refused, not ignored.
 * @param known media types, of which the first is recommended
 * @throws StagedoorError `unsupported_media_type`
 */
export function requireMediaType(type: string, known: readonly string[]): void {
  const [essence = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (!known.includes(essence) || !/^(charset="?utf-?8"?)?$/.test(charset ?? '')) {
    throw new StagedoorError(
      'unsupported_media_type',
      `Unsupported media type ${JSON.stringify(type.slice(0, 100))} in request. Send ${known[0]} in UTF-8.`,
    );
  }
}

/**
 * Parses JSON in UTF-8.
 * @param what whose error it is: `body`, `line`
 * @throws StagedoorError `validation_failed`, without the sent values
 */
export function parseJson(bytes: Uint8Array, what = 'body'): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    // V8's own message quotes the input, which may hold a password.
    const why = error instanceof SyntaxError ? `the ${what} is not valid JSON` : 'not valid UTF-8';
    throw new StagedoorError('validation_failed', `JSON parse error - ${why}.`);
  }
}
