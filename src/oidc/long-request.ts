import type { Context } from 'koa';
import { checkAnnounced, readChunks } from '../http/body.ts';
import { MAX_FORM_BYTES } from '../http/form.ts';
import { StagedoorError } from '../lib/errors.ts';

/** Longest form of a posted or pushed authorization request, in characters. */
export const LONGEST_REQUEST = 64 * 1024;

/** Returns the error of a longer form. It names the longest parameter. */
export function tooLongForm(form: URLSearchParams): StagedoorError {
  const [name = ''] = [...form].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  return new StagedoorError(
    'payload_too_large',
    `The parameter ${name.slice(0, 50)} is too long: an authorization request may have ${LONGEST_REQUEST} characters.`,
  );
}

/**
 * Reads the body of a pushed request that is longer than the provider reads by itself, and leaves it
 * where the provider looks for a body that was read before. The provider prints a warning about that once.
 * @throws StagedoorError `payload_too_large` with the name of the longest parameter
 */
export async function readLongPush(ctx: Context): Promise<string> {
  checkAnnounced(ctx, MAX_FORM_BYTES);
  const chunks: Buffer[] = [];
  for await (const chunk of readChunks(ctx.req, { bytes: MAX_FORM_BYTES })) {
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString('utf8');
  if (body.length > LONGEST_REQUEST) {
    throw tooLongForm(new URLSearchParams(body));
  }
  Object.assign(ctx.req, { body });
  return body;
}
