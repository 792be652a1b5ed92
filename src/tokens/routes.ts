import Router from '@koa/router';
import type { Context } from 'koa';
import type { Database, Db } from '../db/database.ts';
import { findActiveUser } from '../directory/find-user.ts';
import { organizersOf } from '../directory/organizers-of.ts';
import { RefusedError } from '../resource-server/refusal.ts';
import { type Admit, createAdmit } from './admit.ts';
import type { LiveToken } from './introspect.ts';

/** What the endpoints that take access tokens need. */
export interface AccessRoutesDeps {
  readonly database: Database;
  readonly issuer: string;
}

/** The endpoints of this server that take access tokens. */
export function accessRoutes({ database, issuer }: AccessRoutesDeps): Router {
  const admit = createAdmit(database, issuer);
  return new Router()
    .get('/api/v1/me', async (ctx) => {
      const token = await admitted(admit, ctx, ['profile']);
      if (token) {
        await answerMe(database.db, ctx, token);
      }
    })
    .get('/api/v1/organizers/', async (ctx) => {
      const token = await admitted(admit, ctx, ['read', 'write']);
      if (token) {
        await answerOrganizers(database.db, ctx, token);
      }
    });
}

async function answerMe(db: Db, ctx: Context, token: LiveToken): Promise<void> {
  const user = await findActiveUser(db, token.userId);
  if (user) {
    ctx.body = {
      sub: user.id,
      email: user.email,
      full_name: user.fullName,
      locale: user.locale,
      timezone: user.timezone,
    };
  }
}

async function answerOrganizers(db: Db, ctx: Context, token: LiveToken): Promise<void> {
  const open = new Set(token.organizers);
  const all = await organizersOf(db, token.userId);
  const results = all
    .filter(({ slug }) => open.has(slug))
    .map(({ slug, name }) => ({ slug, name }));
  ctx.body = { count: results.length, next: null, previous: null, results };
}

/** The live token of a request that carries one of `scopes`; otherwise the refusal is on `ctx`. */
async function admitted(
  admit: Admit,
  ctx: Context,
  scopes: readonly string[],
): Promise<LiveToken | undefined> {
  ctx.set('Cache-Control', 'no-store');
  try {
    const { method, originalUrl: url } = ctx;
    return await admit({ method, url, headers: ctx.req.headersDistinct }, scopes);
  } catch (error) {
    if (!(error instanceof RefusedError)) {
      throw error;
    }
    ctx.status = error.answer.status;
    ctx.set({ ...error.answer.headers });
    ctx.body = error.answer.body;
    return undefined;
  }
}
