import type { Context } from 'koa';
import { checkAnnounced, readChunks } from '../http/body.ts';
import { MAX_FORM_BYTES } from '../http/form.ts';
import { LONGEST_REQUEST, tooLongForm } from './long-request.ts';

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
