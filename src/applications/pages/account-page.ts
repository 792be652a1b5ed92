import type { Context } from 'koa';
import type { Config } from '../../config/config.ts';
import type { Db } from '../../db/database.ts';
import type { Csrf } from '../../http/csrf.ts';
import { readForm } from '../../http/form.ts';
import type { Renderer } from '../../http/render.ts';
import { type Translate, translator } from '../../http/translate.ts';
import type { Actor } from '../../lib/actor.ts';
import { StagedoorError } from '../../lib/errors.ts';
import type { Limit } from '../../limits/limit.ts';
import { requireSignIn } from '../../sessions/pages/identify.ts';
import type { Sessions } from '../../sessions/pages/sessions.ts';
import type { User } from '../../users/user.ts';
import { isClientId } from '../application.ts';
import { findOwnApplication, type OwnApplication } from '../list-own.ts';
import type { ApplicationText } from '../texts.ts';

/** Where the pages about a developer's own applications are. */
export const APPLICATIONS = '/account/applications';

/** What these pages need. */
export interface AccountPagesDeps {
  readonly db: Db;
  readonly config: Config;
  readonly sessions: Sessions;
  readonly renderer: Renderer;
  readonly csrf: Csrf;
  /** Counts the registrations of a user. */
  readonly registrations: Limit;
  /** The first seals, all open. */
  readonly cookieKeys: readonly string[];
}

/** Who looks at a page. */
export interface Visitor {
  readonly user: User;
  readonly actor: Actor;
  /** Whether the sign-in is new enough for changes of security settings. */
  readonly recent: boolean;
  readonly t: Translate<ApplicationText>;
}

/** Who looks at a page about one of their own applications. */
export interface Owner extends Visitor {
  readonly own: OwnApplication;
  readonly clientId: string;
  /** `/account/applications/…`, where all about it is. */
  readonly path: string;
}

/** Who is signed in; undefined: the answer sends them to the sign-in page. */
export async function openPage(deps: AccountPagesDeps, ctx: Context): Promise<Visitor | undefined> {
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return undefined;
  }
  const { user, authenticatedAt } = identified;
  const oldest = Date.now() - deps.config.recentSignInSeconds * 1000;
  return {
    user,
    actor: `user:${user.id}`,
    recent: authenticatedAt.getTime() >= oldest,
    t: translator<ApplicationText>(deps.renderer.locale(ctx)),
  };
}

/**
 * As `openPage`, for a page about the application in the path.
 * @throws StagedoorError `not_found` where it is somebody else's, too
 */
export async function openOwnPage(
  deps: AccountPagesDeps,
  ctx: Context,
): Promise<Owner | undefined> {
  const visitor = await openPage(deps, ctx);
  return visitor && { ...visitor, ...(await ownApplication(deps, ctx, visitor.user)) };
}

/**
 * As `openOwnPage`, for changes of security settings: they want a recent sign-in. What has been
 * typed would be lost on the way there, so this is for GET; a POST shows its form again.
 */
export async function openSecurityPage(
  deps: AccountPagesDeps,
  ctx: Context,
): Promise<Owner | undefined> {
  const owner = await openOwnPage(deps, ctx);
  if (owner?.recent === false) {
    seeOther(ctx, `/login?reason=recent&return_to=${encodeURIComponent(ctx.path)}`);
    return undefined;
  }
  return owner;
}

/**
 * The posted form, from this site and nowhere else.
 * @throws StagedoorError `csrf_failed`
 */
export async function postedForm(
  deps: Pick<AccountPagesDeps, 'csrf'>,
  ctx: Context,
): Promise<URLSearchParams> {
  const form = await readForm(ctx);
  deps.csrf.verify(ctx, form);
  return form;
}

/** Sends the browser on with a GET, so that a reload does nothing twice. */
export function seeOther(ctx: Context, to: string): void {
  ctx.status = 303;
  ctx.redirect(to);
}

/** The value where it is one of those known, for what comes out of the address. */
export function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((one) => one === value);
}

async function ownApplication(
  deps: AccountPagesDeps,
  ctx: Context,
  user: User,
): Promise<Pick<Owner, 'own' | 'clientId' | 'path'>> {
  const { clientId } = ctx.params;
  const own =
    typeof clientId === 'string' && isClientId(clientId)
      ? await findOwnApplication(deps.db, user.id, clientId)
      : undefined;
  if (own === undefined) {
    throw new StagedoorError('not_found', 'There is no such application of yours.');
  }
  return { own, clientId, path: `${APPLICATIONS}/${clientId}` };
}
