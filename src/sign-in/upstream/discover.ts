import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  clockTolerance,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client';
import type { UpstreamConfig } from '../../config/upstream.ts';

/** Seconds that the provider has to answer: the user waits on an empty page. */
const TIMEOUT = 5;
/** Milliseconds after which its metadata is read again. */
const FRESH = 600_000;
/** Seconds by which its clock may differ from ours. */
export const CLOCK_TOLERANCE = 30;

/** The provider's metadata and our registration there. Rejects while it can't be had. */
export type Discover = () => Promise<Configuration>;

/**
 * Reads the provider's metadata when they are first needed, so that this server starts and shows
 * every page without sign-in while the provider is unreachable. A failure is not cached.
 * @see OpenID Connect Discovery 1.0 §4
 */
export function createDiscover(upstream: UpstreamConfig): Discover {
  let known: { readonly found: Promise<Configuration>; readonly until: number } | undefined;
  return () => {
    if (known !== undefined && known.until > Date.now()) {
      return known.found;
    }
    const found = discover(upstream);
    const mine = { found, until: Date.now() + FRESH };
    known = mine;
    found.catch(() => {
      known = known === mine ? undefined : known;
    });
    return found;
  };
}

/**
 * Tests if the provider lists the claims of its ID tokens without `auth_time`. Many list none, or not
 * all.
 */
export function lacksAuthTime(
  provider: Configuration,
  { withoutAuthTime }: UpstreamConfig,
): boolean {
  const { claims_supported: claims } = provider.serverMetadata();
  return !withoutAuthTime && Array.isArray(claims) && !claims.includes('auth_time');
}

function discover({ issuer, clientId, clientSecret }: UpstreamConfig): Promise<Configuration> {
  const url = new URL(issuer);
  const metadata = { client_secret: clientSecret, [clockTolerance]: CLOCK_TOLERANCE };
  return discovery(url, clientId, metadata, authenticateWith(clientSecret), {
    timeout: TIMEOUT,
    // The signature too, and not only the TLS connection that the token came by.
    execute: [
      enableNonRepudiationChecks,
      ...(url.protocol === 'http:' ? [allowInsecureRequests] : []),
    ],
  });
}

/** `client_secret_basic`, the default of the standard, unless only the other one is offered. */
function authenticateWith(secret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const postOnly =
      methods.includes('client_secret_post') && !methods.includes('client_secret_basic');
    (postOnly ? post : basic)(server, ...rest);
  };
}
