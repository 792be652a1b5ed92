import Router from '@koa/router';
import type { Context } from 'koa';
import { monogramUrl } from '../applications/monogram.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { StagedoorError } from '../errors.ts';
import type { Csrf } from '../web/csrf.ts';
import { readForm } from '../web/form.ts';
import { requireSignIn } from '../web/identify.ts';
import type { Locale } from '../web/locale.ts';
import { originOf } from '../web/origin.ts';
import type { Renderer } from '../web/render.ts';
import type { Sessions } from '../web/session.ts';
import { localized } from '../web/translate.ts';
import type { AuthorizationsProps } from '../web/views.ts';
import { findGrant, findLiveGrant, listLiveGrants } from './find.ts';
import type { GrantDetails } from './grant.ts';
import { revokeGrant } from './revoke.ts';

const PAGE = '/account/authorizations';

/** What the pages about a user's own grants need. */
export interface GrantRoutesDeps {
  readonly db: Db;
  readonly config: Config;
  readonly sessions: Sessions;
  readonly renderer: Renderer;
  readonly csrf: Csrf;
}

/** The user's authorized applications: see, and end. */
export function grantRoutes(deps: GrantRoutesDeps): Router {
  return new Router()
    .get(PAGE, (ctx) => showList(deps, ctx))
    .get(`${PAGE}/:id/revoke`, (ctx) => showRevoke(deps, ctx))
    .post(`${PAGE}/:id/revoke`, (ctx) => answerRevoke(deps, ctx));
}

async function showList(deps: GrantRoutesDeps, ctx: Context): Promise<void> {
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return;
  }
  const { user } = identified;
  const locale = deps.renderer.locale(ctx);
  const grants = await listLiveGrants(deps.db, user.id);
  deps.renderer.page(ctx, 'account/authorizations', {
    grants: grants.map((grant) => presentGrant(deps.config, locale, grant)),
    notice: noticeOf(ctx.query.notice),
    timezone: user.timezone,
  });
}

async function showRevoke(deps: GrantRoutesDeps, ctx: Context): Promise<void> {
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return;
  }
  const grant = await findLiveGrant(deps.db, identified.user.id, idOf(ctx));
  if (grant === undefined) {
    return toListIfEnded(deps, ctx, identified.user.id);
  }
  const locale = deps.renderer.locale(ctx);
  deps.renderer.page(ctx, 'account/revoke', {
    action: ctx.path,
    application: { name: grant.applicationName, monogram: monogramUrl(grant.applicationName) },
    organizers: grant.organizers.map(({ name }) => localized(name, locale)),
  });
}

async function answerRevoke(deps: GrantRoutesDeps, ctx: Context): Promise<void> {
  deps.csrf.verify(ctx, await readForm(ctx));
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return;
  }
  const { user } = identified;
  const grant = await findLiveGrant(deps.db, user.id, idOf(ctx));
  if (grant === undefined) {
    return toListIfEnded(deps, ctx, user.id);
  }
  const ended = await inTransaction(deps.db, (tx) =>
    revokeGrant(tx, grant.id, {
      reason: 'revoked_by_user',
      actor: `user:${user.id}`,
      origin: originOf(ctx),
    }),
  );
  toList(ctx, ended ? 'revoked' : 'already_revoked');
}

/** Revoking twice is told as such; somebody else's grant is not there at all. */
async function toListIfEnded(deps: GrantRoutesDeps, ctx: Context, userId: string): Promise<void> {
  const grant = await findGrant(deps.db, idOf(ctx));
  if (grant?.userId !== userId) {
    throw new StagedoorError('not_found', 'There is no such authorization.');
  }
  toList(ctx, 'already_revoked');
}

function toList(ctx: Context, notice: 'revoked' | 'already_revoked'): void {
  ctx.status = 303;
  ctx.redirect(`${PAGE}?notice=${notice}`);
}

/** Ids are letters and digits; anything else is nobody's, and never reaches the database. */
function idOf(ctx: Context): string {
  const { id } = ctx.params;
  return typeof id === 'string' && /^[0-9A-Za-z]+$/.test(id) ? id : '';
}

function noticeOf(value: unknown): AuthorizationsProps['notice'] {
  return value === 'revoked' || value === 'already_revoked' ? value : undefined;
}

function presentGrant(
  config: Config,
  locale: Locale,
  grant: GrantDetails,
): AuthorizationsProps['grants'][number] {
  return {
    id: grant.id,
    application: {
      name: grant.applicationName,
      monogram: monogramUrl(grant.applicationName),
      homepageUrl: grant.homepageUrl,
    },
    scopes: config.scopes
      .filter(({ name }) => grant.scopes.includes(name))
      .map(({ text }) => localized(text, locale)),
    organizers: grant.organizers.map(({ name }) => localized(name, locale)),
    grantedAt: grant.createdAt,
    lastUsedAt: grant.lastUsedAt,
    expiresAt: grant.expiresAt,
    revokeAction: `${PAGE}/${grant.id}/revoke`,
  };
}
