import type { Context } from 'koa';
import type { z } from 'zod';
import { StagedoorError } from '../errors.ts';
import { readBody } from '../web/body.ts';
import { parseFields } from './fields.ts';

/** Longest request body, in bytes. */
const LIMIT = 1024 * 1024;

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
    requireJson(type);
  }
  const bytes = await readBody(ctx, LIMIT);
  if (bytes.length === 0) {
    return { value: {}, bytes };
  }
  requireJson(type);
  const value = parseJson(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StagedoorError('validation_failed', 'Invalid data. Expected a JSON object.');
  }
  return { value, bytes };
}

/** JSON is UTF-8 (RFC 8259 section 8.1); a charset that says otherwise is refused, not ignored. */
function requireJson(type: string): void {
  const [essence, ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (essence !== 'application/json' || !/^(charset="?utf-?8"?)?$/.test(charset ?? '')) {
    throw new StagedoorError(
      'unsupported_media_type',
      `Unsupported media type ${JSON.stringify(type.slice(0, 100))} in request. Send application/json in UTF-8.`,
    );
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    // V8's own message quotes the input, which may hold a password.
    const why = error instanceof SyntaxError ? 'the body is not valid JSON' : 'not valid UTF-8';
    throw new StagedoorError('validation_failed', `JSON parse error - ${why}.`);
  }
}
