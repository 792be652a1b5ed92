import { UnsecuredJWT } from 'jose';
import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import { readForm } from '../http/form.ts';
import { clientAddress } from '../http/origin.ts';
import { takeOrThrow } from '../limits/limit.ts';
import type { Limits } from '../limits/limits.ts';
import { LONGEST_REQUEST, tooLongForm } from './long-request.ts';
import { PATHS } from './paths.ts';
import { LONG_BUDGET } from './pushed-request-budget.ts';
import { readPosted } from './read-parameters.ts';
import { PUSHED_REQUEST } from './restart-url.ts';

/** Longest form that continues in the URL, in characters. */
const LONGEST_IN_URL = 6_000;
/** Seconds in which the browser has to follow the redirect. */
const LIFETIME = 60;

/**
 * Makes the handler of posted authorization requests, which continue as a GET. The provider takes a
 * POST only with `SameSite=None` cookies; ours are `Lax`, which browsers send along with the redirect.
 * A long one is stored like a pushed request (RFC 9126), within the budget of those.
 * @see RFC 6749 §3.1
 */
export function postedRequests(
  provider: Provider,
  limits: Limits,
): (ctx: Context) => Promise<void> {
  const limit = limits.bySource('long_pushed_requests', LONG_BUDGET);
  return async (ctx) => {
    const form = await readForm(ctx);
    const query = form.toString();
    ctx.status = 303;
    if (query.length <= LONGEST_IN_URL) {
      ctx.redirect(`${PATHS.authorization}?${query}`);
      return;
    }
    if (query.length > LONGEST_REQUEST) {
      throw tooLongForm(form);
    }
    const clientId = form.get('client_id') ?? '';
    const continued = new URLSearchParams({ client_id: clientId });
    if ((await provider.Client.find(clientId)) !== undefined) {
      const message = 'Too many long requests from your network. Try again later.';
      await takeOrThrow(limit, clientAddress(ctx) ?? '', message);
      continued.set('request_uri', PUSHED_REQUEST + (await store(provider, clientId, form)));
    }
    ctx.redirect(`${PATHS.authorization}?${continued}`);
  };
}

function store(provider: Provider, clientId: string, form: URLSearchParams): Promise<string> {
  const request = new UnsecuredJWT(readPosted(form))
    .setIssuedAt()
    .setNotBefore('0s')
    .setExpirationTime(`${LIFETIME}s`)
    .setIssuer(clientId)
    .setAudience(provider.issuer)
    .encode();
  return new provider.PushedAuthorizationRequest({ request }).save(LIFETIME);
}
