import Router from '@koa/router';
import type { Db } from '../../db/database.ts';
import { found } from '../../lib/errors.ts';
import { selectLogo } from '../logo-store.ts';
import { LOGOS } from '../picture.ts';

/** For a picture that is opened by itself: it loads nothing and runs nothing. */
const POLICY = "default-src 'none'; sandbox";

/** Serves logos of applications. An address names the content, so browsers keep it. */
export function logoRoutes({ db }: { readonly db: Db }): Router {
  return new Router().get(`${LOGOS}/:file`, async (ctx) => {
    const [, hash] = /^([0-9a-f]{64})\.png$/.exec(ctx.params.file ?? '') ?? [];
    const image = found(
      hash === undefined ? undefined : await selectLogo(db, hash),
      'There is no such logo.',
    );
    ctx.set({
      'Cache-Control': 'public, max-age=31536000, immutable',
      'Content-Security-Policy': POLICY,
    });
    ctx.type = 'image/png';
    ctx.body = Buffer.from(image);
  });
}
