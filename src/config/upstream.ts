import { z } from 'zod';
import { isLoopbackHost } from '../lib/loopback.ts';
import { ownValue } from '../lib/own-value.ts';

/** The platform's own login: an OpenID provider, and what this server is registered as there. */
export interface UpstreamConfig {
  /** As the provider writes it in its ID tokens, character by character. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Finds a user who is not linked yet by an email address that the provider verified. */
  readonly matchVerifiedEmail: boolean;
  /**
   * The provider's ID tokens have no `auth_time`: each sign-in asks for a new authentication there
   * (`prompt=login`), and counts from then.
   */
  readonly withoutAuthTime: boolean;
}

/** Returns the provider's host, by which people know it. */
export function upstreamHost({ issuer }: UpstreamConfig): string {
  return new URL(issuer).host;
}

/** The variables that turn it on. */
export const upstreamVariables = {
  OIDC_ISSUER: z.string().optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
};

type Given = Record<string, string | undefined>;

const TOGETHER = Object.keys(upstreamVariables);

/** Returns one line for each problem of the settings. */
export function wrongUpstream(given: Given, production: boolean): string[] {
  const missing = TOGETHER.filter((name) => ownValue(given, name) === undefined);
  if (missing.length === TOGETHER.length) {
    return [];
  }
  return [
    ...missing.map((name) => `${name} is missing: ${TOGETHER.join(', ')} go together`),
    ...(given.OIDC_ISSUER === undefined ? [] : wrongIssuer(given.OIDC_ISSUER, given, production)),
    ...(['1', 'true'].includes(given.DEMO ?? '')
      ? ['DEMO must be 0 with OIDC_ISSUER: the users of the demo sign in with passwords']
      : []),
  ];
}

function wrongIssuer(issuer: string, given: Given, production: boolean): string[] {
  const url = URL.parse(issuer);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return ['OIDC_ISSUER must be a URL such as https://accounts.example.com'];
  }
  if (/[?#]/.test(issuer) || url.username !== '' || url.password !== '') {
    return ['OIDC_ISSUER must be a URL without user name, ? and #'];
  }
  if (url.origin === URL.parse(given.ISSUER ?? '')?.origin) {
    return ['OIDC_ISSUER must be the platform’s login, not this server'];
  }
  return production && url.protocol === 'http:' && !isLoopbackHost(url.hostname)
    ? ['OIDC_ISSUER must use https in production']
    : [];
}

/** The settings, where they are given. */
export function upstreamConfig(
  vars: { [Name in keyof typeof upstreamVariables]?: string | undefined },
  {
    matchVerifiedEmail,
    withoutAuthTime,
  }: Pick<UpstreamConfig, 'matchVerifiedEmail' | 'withoutAuthTime'>,
): UpstreamConfig | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = vars;
  return issuer === undefined || clientId === undefined || clientSecret === undefined
    ? undefined
    : { issuer, clientId, clientSecret, matchVerifiedEmail, withoutAuthTime };
}
