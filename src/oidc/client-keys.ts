import type { Context } from 'koa';
import { errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import {
  assertionHash,
  findAssertionProblem,
  readAssertionNames,
} from '../client-keys/assertion.ts';
import type { KeySets } from '../client-keys/key-sets.ts';
import type { RecordKeyUse } from '../client-keys/store.ts';
import type { PublicJwk } from '../lib/public-jwk.ts';

type Claims = Readonly<Record<string, unknown>>;

interface Prepared {
  readonly clientId: string;
  readonly keys: readonly PublicJwk[];
}

/** Keys of the client that a request names, from before its transaction. */
const prepared = new WeakMap<object, Prepared>();
/** Requests whose assertion is right, if it was not used before. */
const asserted = new WeakMap<object, { readonly hash: Buffer; taken: boolean }>();

/**
 * Looks up the keys of the client that authenticates by a signed JWT. Runs before the transaction,
 * because keys may have to be fetched.
 * @param body the form of the request
 */
export async function prepareClientKeys(
  keySets: KeySets,
  ctx: Context,
  body: string,
): Promise<void> {
  if (!body.includes('client_assertion=')) {
    return;
  }
  const named = readAssertionNames(new URLSearchParams(body).get('client_assertion') ?? '');
  if (named !== undefined) {
    const { clientId, kid } = named;
    prepared.set(ctx.req, { clientId, keys: await keySets.find(clientId, kid) });
  }
}

/** Returns the keys of a client if this request authenticates by one of them. */
export function preparedKeys(clientId: string): readonly PublicJwk[] | undefined {
  const found = Provider.ctx && prepared.get(Provider.ctx.req);
  return found?.clientId === clientId ? found.keys : undefined;
}

/**
 * Checks an assertion after the provider has checked issuer, subject and signature, and records the
 * use of its key: the one that it names, or the only one.
 * @throws InvalidClientAuth
 */
export function checkAssertion(issuer: string, recordKeyUse: RecordKeyUse) {
  return (ctx: KoaContextWithOIDC, claims: Claims, header: Claims): void => {
    const problem = findAssertionProblem({ claims, header }, issuer);
    if (problem !== undefined) {
      throw new errors.InvalidClientAuth(problem);
    }
    const { clientId = '' } = ctx.oidc.client ?? {};
    const [key, ...others] = preparedKeys(clientId) ?? [];
    const kid = header.kid ?? (others.length === 0 ? key?.kid : undefined);
    if (typeof kid === 'string') {
      recordKeyUse(clientId, kid);
    }
    asserted.set(ctx.req, { hash: assertionHash(clientId, String(claims.jti)), taken: false });
  };
}

/**
 * Takes the hash under which the use of this request's assertion is to be stored; undefined if the
 * provider stores something else. It asks at once after `checkAssertion`.
 */
export function takeAssertionHash(): Buffer | undefined {
  const found = Provider.ctx && asserted.get(Provider.ctx.req);
  if (found === undefined || found.taken) {
    return undefined;
  }
  found.taken = true;
  return found.hash;
}

/** Tests if a request was authenticated by an assertion, which is used then even if it is refused. */
export function hasUsedAssertion(ctx: Context): boolean {
  return asserted.has(ctx.req);
}
