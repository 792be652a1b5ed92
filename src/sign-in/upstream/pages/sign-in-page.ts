import type { Context } from 'koa';
import { type UpstreamConfig, upstreamHost } from '../../../config/upstream.ts';
import { clientAddress, originOf } from '../../../http/origin.ts';
import type { Renderer } from '../../../http/render.ts';
import type { ViewProps } from '../../../http/views.ts';
import type { Logger } from '../../../lib/log.ts';
import { type Limit, takeOrThrow } from '../../../limits/limit.ts';
import type { Limits } from '../../../limits/limits.ts';
import type { Devices } from '../../../sessions/pages/device-cookie.ts';
import { authorizationUrl, beginSignIn, type UpstreamDeps } from '../begin-sign-in.ts';
import { completeSignIn } from '../complete-sign-in.ts';
import { createDiscover, type Discover } from '../discover.ts';
import { endSessionUrl } from '../end-session.ts';
import { isState, readSignIn } from '../pending.ts';
import { type RefusalKind, UpstreamRefusal } from '../refusal.ts';
import type { Carried, PendingSignIn, SignInRequest, UpstreamSignIn } from '../sign-in.ts';
import { askAnew, hasAsked, hasToAsk } from './ask-anew-page.ts';
import { browserKey, setBrowserKey } from './browser-key-page.ts';
import { showRefusal } from './refusal-page.ts';

/** What a page says of a sign-in that it needs; the language is the page's. */
export type WantedSignIn = Omit<SignInRequest, 'locale'>;

/** The platform's own login, for every page that needs somebody signed in. */
export interface UpstreamLogin {
  /** The provider's host, for people. */
  readonly host: string;
  readonly settings: UpstreamConfig;
  readonly discover: Discover;
  /** Sends the person to the provider; answers with a page where that can't be done. */
  begin(ctx: Context, wanted: WantedSignIn): Promise<void>;
  /** Takes what the provider answered; undefined: a page or a redirect has been answered. */
  complete(ctx: Context): Promise<UpstreamSignIn | undefined>;
  /** What the page says of the session there, once the one here has ended. */
  signedOut(ctx: Context): Promise<ViewProps['sign-in/signed_out']>;
  /** What had been filled in before the person was sent to the provider from this page. */
  recall(ctx: Context): Promise<Carried | undefined>;
}

/** Path to which the provider sends people back: to be registered there. */
export const CALLBACK = '/login/callback';
/** Path that leads to where the session at the provider ends. */
export const SIGN_OUT = '/logout/upstream';

/** Unfinished sign-ins of one source in ten minutes. */
const UNFINISHED = { address: 1000, network: 3000, provider: 10_000, seconds: 600 };

interface Deps extends UpstreamDeps {
  readonly devices: Devices;
  readonly renderer: Renderer;
  readonly log: Logger;
  /** Counts the sign-ins that begin; each is stored until it is finished or expires. */
  readonly begun: Limit;
}

/** Makes the login. Nothing is asked of the provider before somebody signs in. */
export function connectUpstream(
  upstream: UpstreamConfig,
  around: Pick<Deps, 'db' | 'devices' | 'renderer' | 'log'> & {
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
    recall: (ctx) => recall(deps, ctx),
    signedOut: async (ctx) => {
      askAnew(ctx);
      const href = (await endSessionUrl(discover)) && SIGN_OUT;
      return href === undefined ? {} : { elsewhere: { host: upstreamHost(upstream), href } };
    },
  };
}

async function begin(deps: Deps, ctx: Context, wanted: WantedSignIn): Promise<void> {
  await takeOrThrow(
    deps.begun,
    clientAddress(ctx) ?? '',
    'Too many sign-ins have begun from your network and were not finished. Try again later.',
  );
  const anew = wanted.anew || hasToAsk(ctx);
  const request = { ...wanted, anew, locale: deps.renderer.locale(ctx) };
  const { pending, key } = await beginSignIn(deps, request);
  // Even where the provider is away: what was filled in is kept under this key.
  setBrowserKey(ctx, pending.state, key);
  try {
    redirect(ctx, (await authorizationUrl(deps, pending)).href);
  } catch (error) {
    refuse(deps, ctx, error, pending);
  }
}

async function complete(deps: Deps, ctx: Context): Promise<UpstreamSignIn | undefined> {
  let pending: PendingSignIn | undefined;
  try {
    const { state } = ctx.query;
    const found = await readSignIn(deps.db, keyOf(ctx, state), state);
    pending = found.pending;
    if (found.status !== 'open') {
      throw new UpstreamRefusal(found.status, `the state is ${found.status}`);
    }
    if (pending.completeAt !== ctx.path) {
      redirect(ctx, pending.completeAt + ctx.search);
      return undefined;
    }
    const device = deps.devices.id(ctx);
    const answer = { search: ctx.search, origin: originOf(ctx), device };
    const signedIn = await completeSignIn(deps, pending, answer);
    await deps.begun.giveBack(clientAddress(ctx) ?? '');
    hasAsked(ctx);
    deps.devices.remember(ctx, device);
    return signedIn;
  } catch (error) {
    refuse(deps, ctx, error, pending);
    return undefined;
  }
}

async function recall(deps: Deps, ctx: Context): Promise<Carried | undefined> {
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

/** By a new GET in any case, and never out of a cache. */
function redirect(ctx: Context, to: string): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.status = 303;
  ctx.redirect(to);
}

/** Log level by refusal. Refusals that the user caused are not logged. */
const LOG_LEVEL_BY_REFUSAL: Partial<Record<RefusalKind, 'warn' | 'error'>> = {
  unavailable: 'warn',
  invalid: 'warn',
  not_fresh: 'warn',
  clock: 'error',
  misconfigured: 'error',
};

/** @throws any error that is no refusal: a defect, or an unreachable database */
function refuse(
  deps: Deps,
  ctx: Context,
  error: unknown,
  pending: PendingSignIn | undefined,
): void {
  if (!(error instanceof UpstreamRefusal)) {
    throw error;
  }
  const { kind, detail } = error;
  const { issuer } = deps.upstream;
  const level = LOG_LEVEL_BY_REFUSAL[kind];
  if (level !== undefined) {
    deps.log[level]({ kind, detail, issuer }, 'Upstream sign-in failed');
  }
  if (kind === 'unknown_user' || kind === 'deactivated' || kind === 'signed_out') {
    askAnew(ctx);
  }
  showRefusal(deps, ctx, error, pending);
}
