import Router from '@koa/router';
import type { Context } from 'koa';
import { findOwnApplication, type OwnApplication } from '../../applications/list-own.ts';
import type { Config } from '../../config/config.ts';
import type { Db } from '../../db/database.ts';
import type { Csrf } from '../../http/csrf.ts';
import { readForm } from '../../http/form.ts';
import { pageNumber } from '../../http/page-number.ts';
import type { Renderer } from '../../http/render.ts';
import { type Translate, translator } from '../../http/translate.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { requireSignIn } from '../../sessions/pages/identify.ts';
import type { Sessions } from '../../sessions/pages/sessions.ts';
import type { User } from '../../users/user.ts';
import { AUTHORIZE_PATH } from '../authorize-request.ts';
import { checkAuthorizeUrl } from '../check-authorize-url.ts';
import { ENDPOINTS, type Endpoint } from '../client-error.ts';
import { countTokens } from '../count-tokens.ts';
import { listErrors } from '../list-errors.ts';
import type { InsightText } from '../texts.ts';
import type { ClientErrorsProps, InsightsHeadProps } from '../views.ts';
import { presentDays, presentError, presentFindings } from './presenters.ts';

const PAGE = '/account/applications';
/** Failed requests a page. */
const PAGE_SIZE = 50;

/** What the pages about the use of an application need. */
export interface InsightsRoutesDeps {
  readonly db: Db;
  readonly config: Config;
  readonly sessions: Sessions;
  readonly renderer: Renderer;
  readonly csrf: Csrf;
}

/** What the owner of an application sees of its use: statistics, failed requests, a checker. */
export function insightsRoutes(deps: InsightsRoutesDeps): Router {
  return new Router()
    .get(`${PAGE}/:clientId/statistics`, (ctx) => showStatistics(deps, ctx))
    .get(`${PAGE}/:clientId/errors`, (ctx) => showErrors(deps, ctx))
    .get(`${PAGE}/:clientId/check`, (ctx) => showCheck(deps, ctx))
    .post(`${PAGE}/:clientId/check`, (ctx) => answerCheck(deps, ctx));
}

async function showStatistics(deps: InsightsRoutesDeps, ctx: Context): Promise<void> {
  const found = await requireOwn(deps, ctx);
  if (found === undefined) {
    return;
  }
  const { user, own } = found;
  const { clientId } = own.application;
  const days = await countTokens(deps.db, clientId, user.timezone);
  deps.renderer.page(ctx, 'insights/statistics', {
    ...head(own, 'statistics'),
    ...presentDays(deps.renderer.locale(ctx), days),
    connectedUsers: own.connectedUsers,
    lastUsedAt: own.lastUsedAt,
    timezone: user.timezone,
  });
}

async function showErrors(deps: InsightsRoutesDeps, ctx: Context): Promise<void> {
  const found = await requireOwn(deps, ctx);
  if (found === undefined) {
    return;
  }
  const { user, own } = found;
  const endpoint = ENDPOINTS.find((one) => one === ctx.query.endpoint);
  const page = pageNumber(ctx.query.page);
  const { entries, count } = await listErrors(deps.db, own.application.clientId, endpoint, {
    limit: PAGE_SIZE,
    offset: (page - 1) * PAGE_SIZE,
  });
  const t = translator<InsightText>(deps.renderer.locale(ctx));
  const link = (number: number) => `${ctx.path}${query(endpoint, number)}`;
  deps.renderer.page(ctx, 'insights/errors', {
    ...head(own, 'errors'),
    errors: entries.map((entry) => presentError(t, entry)),
    filters: filters(t, ctx.path, endpoint),
    count,
    newer: page > 1 ? link(page - 1) : undefined,
    older: page * PAGE_SIZE < count ? link(page + 1) : undefined,
    timezone: user.timezone,
  });
}

async function showCheck(deps: InsightsRoutesDeps, ctx: Context): Promise<void> {
  const found = await requireOwn(deps, ctx);
  if (found !== undefined) {
    renderCheck(deps, ctx, found.own, undefined);
  }
}

/**
 * A POST though it changes nothing: what is pasted may hold a live `state`, and the address of a
 * GET ends up in the browser's history and in the logs of proxies. It is neither kept nor logged.
 */
async function answerCheck(deps: InsightsRoutesDeps, ctx: Context): Promise<void> {
  const form = await readForm(ctx);
  deps.csrf.verify(ctx, form);
  const found = await requireOwn(deps, ctx);
  if (found !== undefined) {
    renderCheck(deps, ctx, found.own, form.get('url') ?? '');
  }
}

function renderCheck(
  deps: InsightsRoutesDeps,
  ctx: Context,
  own: OwnApplication,
  url: string | undefined,
): void {
  const { application } = own;
  const t = translator<InsightText>(deps.renderer.locale(ctx));
  const { issuer } = deps.config;
  deps.renderer.page(ctx, 'insights/check', {
    ...head(own, 'check'),
    action: ctx.path,
    url: url ?? '',
    example: `${issuer}${AUTHORIZE_PATH}?response_type=code&client_id=${application.clientId}&…`,
    result:
      url === undefined
        ? undefined
        : presentFindings(t, checkAuthorizeUrl(application, deps.config, url)),
  });
}

/** @throws StagedoorError `not_found`, also where it is somebody else's */
async function requireOwn(
  deps: InsightsRoutesDeps,
  ctx: Context,
): Promise<{ user: User; own: OwnApplication } | undefined> {
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return undefined;
  }
  const { user } = identified;
  const own = await findOwnApplication(deps.db, user.id, String(ctx.params.clientId));
  if (own === undefined) {
    throw new StagedoorError('not_found', 'There is no such application of yours.');
  }
  return { user, own };
}

function head(own: OwnApplication, here: InsightsHeadProps['here']): InsightsHeadProps {
  const { name, clientId } = own.application;
  return { application: { name }, path: `${PAGE}/${clientId}`, here };
}

function filters(
  t: Translate<InsightText>,
  path: string,
  chosen: Endpoint | undefined,
): ClientErrorsProps['filters'] {
  return [undefined, ...ENDPOINTS].map((endpoint) => ({
    href: `${path}${query(endpoint, 1)}`,
    label: t(`insights.endpoint.${endpoint ?? 'all'}`),
    current: endpoint === chosen,
  }));
}

function query(endpoint: Endpoint | undefined, page: number): string {
  const parameters = new URLSearchParams({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(page === 1 ? {} : { page: String(page) }),
  });
  return parameters.size === 0 ? '' : `?${parameters}`;
}
