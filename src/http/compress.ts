import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context, Middleware } from 'koa';
import { sendsCookies } from './cookies.ts';

/** Content encodings that this server can send. */
export type Encoding = 'br' | 'gzip';

/** Levels of brotli and gzip: for what is compressed for each response, and for what is kept. */
const LEVELS = { once: [4, 6], kept: [9, 9] } as const;
/** Bytes under which compressing saves nothing that matters. */
const SMALLEST = 1024;

const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)];

/** Returns the best encoding that the client accepts; undefined: none. */
export function acceptedEncoding(ctx: Context): Encoding | undefined {
  // Asked for one at a time, because the header's order would decide between the two.
  const [best] = (['br', 'gzip'] as const).filter((one) => ctx.acceptsEncodings(one) === one);
  return best;
}

/** Compresses outside of the event loop. */
export function compress(
  body: string | Buffer,
  encoding: Encoding,
  use: keyof typeof LEVELS,
): Promise<Buffer> {
  const [quality, level] = LEVELS[use];
  return encoding === 'br'
    ? brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } })
    : zip(body, { level });
}

/**
 * Compresses pages. Responses to programs stay as they are.
 * @see docs/decisions/compression.md
 */
export function compressPages(): Middleware {
  return async (ctx, next) => {
    await next();
    const { body } = ctx;
    if (typeof body !== 'string' || body.length < SMALLEST || ctx.response.type !== 'text/html') {
      return;
    }
    ctx.vary('Accept-Encoding');
    const encoding = acceptedEncoding(ctx);
    if (encoding !== undefined && keepsSecrets(ctx)) {
      ctx.body = await compress(body, encoding, 'once');
      ctx.set('Content-Encoding', encoding);
    }
  };
}

/**
 * Tests that the length of the page tells nobody anything (BREACH): either no other site could choose
 * what the request repeats in the page, or the page has no secret of a user.
 */
function keepsSecrets(ctx: Context): boolean {
  return ['same-origin', 'none'].includes(ctx.get('Sec-Fetch-Site')) || !sendsCookies(ctx);
}
