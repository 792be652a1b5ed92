import { decodeJwt } from 'jose';
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { valuesByName } from '../http/form.ts';
import { resourceKey } from '../lib/resource-uri.ts';
import { splitScope } from '../lib/scopes.ts';
import { addClientId } from './program-endpoints.ts';

type Parameters = Record<string, unknown>;

/** Requests that clients send; the parameters of a resumed request were read when it began. */
const READ: ReadonlySet<string> = new Set([
  'authorization',
  'pushed_authorization_request',
  'token',
]);

/**
 * Parameters of OpenID Connect that have no effect here. The provider refuses them in requests
 * without the scope `openid`. It doesn't read `claims`.
 */
const WITHOUT_EFFECT = [
  'acr_values',
  'claims_locales',
  'display',
  'id_token_hint',
  'nonce',
] as const;

/** The `max_age` of requests, see `hideMaxAge`. */
const maxAges = new WeakMap<object, unknown>();
const scopes = new WeakMap<object, readonly string[]>();
const resources = new WeakMap<object, readonly string[]>();

/**
 * Makes the provider accept what generic clients send: parameters and scopes of OpenID Connect, and
 * surplus blanks.
 */
export function readParametersLeniently(provider: Provider): void {
  const assigned = new WeakMap<object, unknown>();
  Object.defineProperty(provider.OIDCContext.prototype, 'params', {
    get(this: KoaContextWithOIDC['oidc']) {
      return assigned.get(this);
    },
    set(this: KoaContextWithOIDC['oidc'], params: Parameters) {
      if (Provider.ctx !== undefined) {
        addClientId(Provider.ctx, params);
      }
      if (READ.has(this.route)) {
        normalize(params);
      }
      if (this.route === 'token') {
        hideResources(params);
      }
      assigned.set(this, params);
    },
  });
}

/** Parameters that were sent twice are arrays; the provider refuses them. */
function normalize(params: Parameters): void {
  for (const name of WITHOUT_EFFECT) {
    if (name in params) {
      params[name] = undefined;
    }
  }
  if (typeof params.scope === 'string') {
    const sent = splitScope(params.scope);
    scopes.set(params, sent);
    params.scope = sent.join(' ') || undefined;
  }
  normalizeResources(params);
  if (typeof params.prompt === 'string') {
    params.prompt = params.prompt.split(' ').filter(Boolean).join(' ') || undefined;
  }
  if ('max_age' in params) {
    hideMaxAge(params);
  }
}

/**
 * Brings resources into the form in which they are compared, each once. The provider refuses those
 * that are no URIs.
 * @see RFC 8707 §2
 */
function normalizeResources(params: Parameters): void {
  const sent = [params.resource ?? []].flat().filter((value) => value !== '');
  const keys = [...new Set(sent.map((value) => resourceKey(String(value)) ?? value))];
  if ('resource' in params) {
    params.resource = keys.length > 1 ? keys : keys[0];
  }
}

/** Hides the resources of a token request from the provider, see `resources.ts`. */
function hideResources(params: Parameters): void {
  resources.set(params, [params.resource ?? []].flat().map(String));
  params.resource = undefined;
}

/** Returns the resources of a token request, in the form in which they are compared. */
export function requestedResources({ oidc }: KoaContextWithOIDC): readonly string[] {
  return resources.get(oidc.params ?? {}) ?? [];
}

/** Returns the scopes as they were sent: the provider drops unknown ones before it runs our checks. */
export function sentScopes({ oidc }: KoaContextWithOIDC): readonly string[] {
  const pushed = oidc.entities.PushedAuthorizationRequest?.request;
  const stored = pushed === undefined ? undefined : decodeJwt(pushed).scope;
  return typeof stored === 'string' ? stored.split(' ') : (scopes.get(oidc.params ?? {}) ?? []);
}

/** Returns the parameters of a posted request as they are stored: like those of a pushed one. */
export function readPosted(form: URLSearchParams): Parameters {
  const params = Object.fromEntries(
    Array.from(valuesByName(form), ([name, all]) => {
      const values = all.filter((value) => value !== '');
      return [name, values.length > 1 ? values : values[0]];
    }),
  );
  normalize(params);
  return { ...params, max_age: maxAges.get(params) };
}

/**
 * Hides `max_age` until `restoreMaxAge`: the provider honors it, but refuses it in requests without
 * the scope `openid`. The parameters of a pushed request are assigned one by one, hence the setter.
 */
function hideMaxAge(params: Parameters): void {
  maxAges.set(params, params.max_age);
  Object.defineProperty(params, 'max_age', {
    configurable: true,
    enumerable: true,
    get: () => undefined,
    set: (value) => maxAges.set(params, value),
  });
}

/** Tests if the request was sent with `max_age=0`. */
export function asksForNewSignIn(params: Parameters): boolean {
  return /^0+$/.test(String(maxAges.get(params)));
}

/**
 * Restores `max_age` after the provider's checks. Ignores a malformed value; 0 asks for a new
 * sign-in, like `prompt=login`. A pushed request is stored as it was sent.
 * @see OpenID Connect Core 1.0 §3.1.2.1
 */
export function restoreMaxAge(route: string, params: Parameters): void {
  const sent = maxAges.get(params);
  const seconds = typeof sent === 'string' && /^\d{1,9}$/.test(sent) ? Number(sent) : undefined;
  const isPushed = route === 'pushed_authorization_request';
  Object.defineProperty(params, 'max_age', {
    configurable: true,
    enumerable: true,
    writable: true,
    value: seconds || (isPushed && seconds === 0) ? String(seconds) : undefined,
  });
  if (seconds === 0 && !isPushed) {
    const prompts = new Set(String(params.prompt ?? '').split(' ')).add('login');
    params.prompt = [...prompts].filter(Boolean).join(' ');
  }
}
