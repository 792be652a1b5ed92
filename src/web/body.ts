import type { Context } from 'koa';
import { StagedoorError } from '../errors.ts';

/**
 * Reads the body of a request, at most `limit` bytes of it.
 * @throws StagedoorError `payload_too_large`, `unsupported_media_type` (compressed)
 */
export async function readBody(ctx: Context, limit: number): Promise<Buffer> {
  if (!['', 'identity'].includes(ctx.get('Content-Encoding').toLowerCase())) {
    throw new StagedoorError('unsupported_media_type', 'The body must not be compressed.');
  }
  const tooLarge = () =>
    new StagedoorError('payload_too_large', `The body may hold at most ${limit} bytes.`);
  if (Number(ctx.get('Content-Length')) > limit) {
    throw tooLarge();
  }
  const chunks: Buffer[] = [];
  let length = 0;
  // Left open when it ends early: a destroyed request would take the answer with it.
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limit) {
      throw tooLarge();
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
