import { Readable } from 'node:stream';
import Router from '@koa/router';
import type { Context } from 'koa';
import type { Config } from '../../config/config.ts';
import type { Db } from '../../db/database.ts';
import { pageNumber } from '../../http/page-number.ts';
import type { Renderer } from '../../http/render.ts';
import { translator } from '../../http/translate.ts';
import { identify, requireSignIn } from '../../sessions/pages/identify.ts';
import type { Sessions } from '../../sessions/pages/sessions.ts';
import { isActivityKind } from '../activity.ts';
import { exportActivity } from '../export-activity.ts';
import { listActivity, listActivityApplications } from '../list-activity.ts';
import type { ActivityText } from '../texts.ts';
import { downloadOf } from './download-presenters.ts';
import { presentFilter } from './filter-presenters.ts';
import { type PresentDeps, presentEntry } from './presenters.ts';

const PAGE = '/account/activity';
const DOWNLOAD = `${PAGE}.json`;

/** What the page of the activity log needs. */
export interface ActivityRoutesDeps {
  readonly db: Db;
  readonly config: Config;
  readonly sessions: Sessions;
  readonly renderer: Renderer;
}

/** What the log says of the user: to read, and to take away. */
export function activityRoutes(deps: ActivityRoutesDeps): Router {
  return new Router()
    .get(PAGE, (ctx) => showActivity(deps, ctx))
    .get(DOWNLOAD, (ctx) => download(deps, ctx));
}

async function showActivity(deps: ActivityRoutesDeps, ctx: Context): Promise<void> {
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return;
  }
  const { user } = identified;
  const words = wordsFor(deps, ctx, user.id);
  const applications = await listActivityApplications(deps.db, user.id);
  const application = applications.find(({ clientId }) => clientId === ctx.query.application);
  const kind = isActivityKind(ctx.query.kind) ? ctx.query.kind : undefined;
  const page = pageNumber(ctx.query.page);
  const filter = { userId: user.id, kind, clientId: application?.clientId };
  const { entries, more } = await listActivity(deps.db, filter, page);
  const narrows = kind !== undefined || application !== undefined;
  const link = (number: number) => PAGE + query({ ...filter, page: number });
  deps.renderer.page(ctx, 'activity/activity', {
    entries: entries.map((entry) => presentEntry(words, entry)),
    filter: { action: PAGE, narrows, ...presentFilter(words, applications, filter) },
    empty: page > 1 ? 'page' : narrows ? 'filtered' : 'log',
    newest: PAGE,
    newer: page > 1 && entries.length > 0 ? link(page - 1) : undefined,
    older: more ? link(page + 1) : undefined,
    download: DOWNLOAD,
    keptDays: deps.config.logRetentionDays,
    timezone: user.timezone,
  });
}

/** As a stream: a log may be long, and the next batch is read once the last one has been sent. */
async function download(deps: ActivityRoutesDeps, ctx: Context): Promise<void> {
  const identified = await identify(deps, ctx);
  if (identified === undefined) {
    // To the page, not back here: after a download, the browser would stay on the sign-in page.
    ctx.status = 303;
    ctx.redirect(`/login?return_to=${encodeURIComponent(PAGE)}`);
    return;
  }
  const { user } = identified;
  const chunks = downloadOf(wordsFor(deps, ctx, user.id), exportActivity(deps.db, user.id));
  // The first one before the headers: a database that is away is an error page, and not half a file.
  const first = await chunks.next();
  ctx.type = 'application/json';
  ctx.set('Cache-Control', 'no-store');
  ctx.attachment(`activity-${new Date().toISOString().slice(0, 10)}.json`);
  ctx.body = Readable.from(startingWith(first, chunks), { objectMode: false });
}

async function* startingWith(
  first: IteratorResult<string>,
  rest: AsyncGenerator<string>,
): AsyncGenerator<string> {
  if (!first.done) {
    yield first.value;
    yield* rest;
  }
}

function wordsFor(deps: ActivityRoutesDeps, ctx: Context, userId: string): PresentDeps {
  const locale = deps.renderer.locale(ctx);
  return { t: translator<ActivityText>(locale), locale, scopes: deps.config.scopes, userId };
}

function query(wanted: {
  readonly kind: string | undefined;
  readonly clientId: string | undefined;
  readonly page: number;
}): string {
  const parameters = new URLSearchParams({
    ...(wanted.clientId === undefined ? {} : { application: wanted.clientId }),
    ...(wanted.kind === undefined ? {} : { kind: wanted.kind }),
    ...(wanted.page === 1 ? {} : { page: String(wanted.page) }),
  });
  return parameters.size === 0 ? '' : `?${parameters}`;
}
