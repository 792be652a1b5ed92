import type { Context } from 'koa';
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
