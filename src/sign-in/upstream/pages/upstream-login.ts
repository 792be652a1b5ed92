import type { Context } from 'koa';
import type { Config } from '../../../config/config.ts';
import { type UpstreamConfig, upstreamHost } from '../../../config/upstream.ts';
import type { Db } from '../../../db/database.ts';
import { clientAddress, originOf } from '../../../http/origin.ts';
import { type PageAnswer, type PageDeps, seeOther } from '../../../http/page.ts';
import type { Renderer } from '../../../http/render.ts';
import type { Logger } from '../../../lib/log.ts';
import { type Limit, takeOrThrow } from '../../../limits/limit.ts';
import type { Limits } from '../../../limits/limits.ts';
import type { Devices } from '../../../sessions/pages/device-cookie.ts';
import type { Sessions } from '../../../sessions/pages/sessions.ts';
import type { SignedOutProps } from '../../pages/logout-page.ts';
import { authorizationUrl, beginSignIn, type UpstreamDeps } from '../begin-sign-in.ts';
import { completeSignIn } from '../complete-sign-in.ts';
import { createDiscover, type Discover } from '../discover.ts';
import { endSessionUrl } from '../end-session.ts';
import { isState, readSignIn } from '../pending.ts';
import { type RefusalKind, type UpstreamOutcome, UpstreamRefusal } from '../refusal.ts';
import type { Carried, PendingSignIn, SignInRequest, UpstreamSignIn } from '../sign-in.ts';
import {
  browserKey,
  forceReauthentication,
  hasReauthenticated,
  mustReauthenticate,
  setBrowserKey,
} from './cookies.ts';
import { showRefusal } from './refusal-page.ts';

/** A sign-in that a page needs, in the language of the page. */
export type WantedSignIn = Omit<SignInRequest, 'locale'>;

/** The platform's own login, for pages that need a signed-in user. */
export interface UpstreamLogin {
  /** The provider's host, by which users know it. */
  readonly host: string;
  readonly settings: UpstreamConfig;
  readonly discover: Discover;
  /** Redirects to the provider, or shows why that is not possible. */
  begin(ctx: Context, wanted: WantedSignIn): Promise<PageAnswer>;
  /** Checks the answer of the provider. Answers with a page if the sign-in failed. */
  complete(ctx: Context): Promise<UpstreamSignIn | PageAnswer>;
  /** Describes the session there after the one here has ended. */
  signedOut(ctx: Context): Promise<SignedOutProps>;
  /** Returns what was selected on this page before the redirect to the provider. */
  restoreForm(ctx: Context): Promise<Carried | undefined>;
}

/** Path to which the provider sends users back. It is registered there. */
export const CALLBACK = '/login/callback';
/** Path that redirects to the page that ends the session at the provider. */
export const SIGN_OUT = '/logout/upstream';

/** Dependencies of the pages of this login. */
export interface UpstreamPageDeps extends PageDeps {
  readonly db: Db;
  readonly config: Config;
  readonly sessions: Sessions;
  readonly upstream: UpstreamLogin;
}

/** Limits on unfinished sign-ins in ten minutes, by source. */
const UNFINISHED = { address: 1000, network: 3000, provider: 10_000, seconds: 600 };

interface Deps extends UpstreamDeps {
  readonly devices: Devices;
  readonly renderer: Renderer;
  readonly log: Logger;
  readonly countOutcome: (outcome: UpstreamOutcome) => void;
  /** Counts unfinished sign-ins: each is stored until it expires. */
  readonly begun: Limit;
}

/** Makes the login. Sends no request to the provider before a user signs in. */
export function connectUpstream(
  upstream: UpstreamConfig,
  around: Pick<Deps, 'db' | 'devices' | 'renderer' | 'log' | 'countOutcome'> & {
    readonly issuer: string;
    readonly limits: Limits;
  },
): UpstreamLogin {
  const discover = createDiscover(upstream);
  const redirectUri = `${around.issuer}${CALLBACK}`;
  const begun = around.limits.bySource('upstream_sign_ins', UNFINISHED);
  const deps = { ...around, upstream, discover, redirectUri, begun };
  return {
    host: upstreamHost(upstream),
    settings: upstream,
    discover,
    begin: (ctx, wanted) => begin(deps, ctx, wanted),
    complete: (ctx) => complete(deps, ctx),
    restoreForm: (ctx) => restoreForm(deps, ctx),
    signedOut: async (ctx) => {
      forceReauthentication(ctx);
      const href = await signOutPath(discover);
      return href === undefined ? {} : { elsewhere: { host: upstreamHost(upstream), href } };
    },
  };
}

/** Returns `SIGN_OUT` if the provider has a page that ends its session. */
async function signOutPath(discover: Discover): Promise<string | undefined> {
  return (await endSessionUrl(discover)) && SIGN_OUT;
}

async function begin(deps: Deps, ctx: Context, wanted: WantedSignIn): Promise<PageAnswer> {
  await takeOrThrow(
    deps.begun,
    clientAddress(ctx) ?? '',
    'Too many sign-ins have begun from your network and were not finished. Try again later.',
  );
  const anew = wanted.anew || mustReauthenticate(ctx);
  const request = { ...wanted, anew, locale: deps.renderer.locale(ctx) };
  const { pending, key } = await beginSignIn(deps, request);
  // Also if the provider is unreachable: the selection is stored under this key.
  setBrowserKey(ctx, pending.state, key);
  try {
    return seeOther((await authorizationUrl(deps, pending)).href);
  } catch (error) {
    return refuse(deps, ctx, error, pending);
  }
}

async function complete(deps: Deps, ctx: Context): Promise<UpstreamSignIn | PageAnswer> {
  let pending: PendingSignIn | undefined;
  try {
    const { state } = ctx.query;
    const found = await readSignIn(deps.db, keyOf(ctx, state), state);
    pending = found.pending;
    if (found.status !== 'open') {
      throw new UpstreamRefusal(found.status, `the state is ${found.status}`);
    }
    if (pending.completeAt !== ctx.path) {
      return seeOther(pending.completeAt + ctx.search);
    }
    const device = deps.devices.id(ctx);
    const answer = { search: ctx.search, origin: originOf(ctx), device };
    const signedIn = await completeSignIn(deps, pending, answer);
    await deps.begun.giveBack(clientAddress(ctx) ?? '');
    hasReauthenticated(ctx);
    deps.devices.remember(ctx, device);
    deps.countOutcome('signed_in');
    return signedIn;
  } catch (error) {
    return refuse(deps, ctx, error, pending);
  }
}

async function restoreForm(deps: Deps, ctx: Context): Promise<Carried | undefined> {
  const state = ctx.query.sign_in;
  try {
    const { pending } = await readSignIn(deps.db, keyOf(ctx, state), state);
    return pending.returnTo === ctx.path ? pending.carried : undefined;
  } catch (error) {
    if (error instanceof UpstreamRefusal) {
      return undefined;
    }
    throw error;
  }
}

function keyOf(ctx: Context, state: unknown): string | undefined {
  return isState(state) ? browserKey(ctx, state) : undefined;
}

/** Log level by refusal. Refusals that the user caused are not logged. */
const LOG_LEVEL_BY_REFUSAL: Partial<Record<RefusalKind, 'warn' | 'error'>> = {
  unavailable: 'warn',
  invalid: 'warn',
  not_fresh: 'warn',
  clock: 'error',
  misconfigured: 'error',
};

/** Refusals after which the session at the provider may sign the same user in again. */
const SAME_USER_AGAIN: ReadonlySet<RefusalKind> = new Set([
  'unknown_user',
  'deactivated',
  'not_fresh',
]);

/** @throws every error that is not a refusal */
async function refuse(
  deps: Deps,
  ctx: Context,
  error: unknown,
  pending: PendingSignIn | undefined,
): Promise<PageAnswer> {
  if (!(error instanceof UpstreamRefusal)) {
    throw error;
  }
  const { kind, detail } = error;
  deps.countOutcome(kind);
  const { issuer } = deps.upstream;
  const level = LOG_LEVEL_BY_REFUSAL[kind];
  if (level !== undefined) {
    deps.log[level]({ kind, detail, issuer }, 'Upstream sign-in failed');
  }
  if (kind === 'unknown_user' || kind === 'deactivated' || kind === 'signed_out') {
    forceReauthentication(ctx);
  }
  const page = { locale: deps.renderer.locale(ctx), upstream: deps.upstream };
  const signOutAt = SAME_USER_AGAIN.has(kind) ? await signOutPath(deps.discover) : undefined;
  return showRefusal(page, ctx, error, pending, signOutAt);
}
