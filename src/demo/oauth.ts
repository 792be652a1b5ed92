import * as oauth from 'openid-client';
import type { ClientCredentials } from './registration.ts';
import { type Step, type StepText, sendStep } from './step.ts';

/** Client credentials and redirect URI of the application. */
export interface OAuthOptions extends ClientCredentials {
  readonly issuer: string;
  readonly redirectUri: string;
}

/** Takes what is to be shown of a request. */
export type Show = (step: Omit<Step, 'number'>) => void;

/** The protocol, as an application that uses a library for it has it. */
export interface OAuth {
  /** Returns the URL of the authorization request, and what to remember until the redirect. */
  begin(): Promise<{ url: URL; state: string; verifier: string }>;
  /** Exchanges the code of the callback. */
  finish(show: Show, callback: URL, state: string, verifier: string): Promise<Tokens>;
  refresh(show: Show, refreshToken: string): Promise<Tokens>;
  revoke(show: Show, token: string): Promise<void>;
}

/** A token response. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly scope: string;
}

const SCOPE = 'read write';
/** Seconds. */
const DISCOVERY_TIMEOUT = 10;

/** Nothing is asked before the first user comes; what fails is tried again with the next one. */
export function createOAuth(options: OAuthOptions): OAuth {
  let discovered: Promise<oauth.ServerMetadata> | undefined;
  const connect = async (show?: Show, text?: StepText) => {
    discovered ??= discover(options).catch((error: unknown) => {
      discovered = undefined;
      throw error;
    });
    return configure(options, await discovered, show, text);
  };
  return {
    begin: async () => begin(await connect(), options.redirectUri),
    finish: async (show, callback, state, verifier) => {
      const configuration = await connect(show, EXCHANGE);
      const checks = { expectedState: state, pkceCodeVerifier: verifier };
      return toTokens(await oauth.authorizationCodeGrant(configuration, callback, checks));
    },
    refresh: async (show, refreshToken) => {
      const configuration = await connect(show, REFRESH);
      return toTokens(await oauth.refreshTokenGrant(configuration, refreshToken));
    },
    revoke: async (show, token) => {
      await oauth.tokenRevocation(await connect(show, REVOKE), token);
    },
  };
}

const EXCHANGE: StepText = {
  title: 'Exchange the code for tokens',
  explain: (status) =>
    status === 200
      ? 'The code worked once. The scope says what the user has allowed.'
      : 'The server did not take the code.',
};

const REFRESH: StepText = {
  title: 'Refresh',
  explain: (status) =>
    status === 200
      ? 'Both tokens are new. The old ones are worth nothing from now on.'
      : 'The refresh token is not good any more: the user has to be asked again.',
};

const REVOKE: StepText = {
  title: 'Revoke',
  explain: (status) =>
    status === 200
      ? 'The authorization has ended: access token and refresh token together, at once.'
      : 'The server did not confirm it.',
};

async function discover(options: OAuthOptions): Promise<oauth.ServerMetadata> {
  const configuration = await oauth.discovery(
    new URL(options.issuer),
    options.clientId,
    undefined,
    oauth.ClientSecretBasic(options.clientSecret),
    {
      algorithm: 'oauth2',
      timeout: DISCOVERY_TIMEOUT,
      execute: isPlain(options) ? [oauth.allowInsecureRequests] : [],
    },
  );
  return configuration.serverMetadata();
}

/** One for each action, so that its request is shown with the right text. */
function configure(
  options: OAuthOptions,
  server: oauth.ServerMetadata,
  show: Show | undefined,
  text: StepText | undefined,
): oauth.Configuration {
  const configuration = new oauth.Configuration(
    server,
    options.clientId,
    undefined,
    oauth.ClientSecretBasic(options.clientSecret),
  );
  if (isPlain(options)) {
    oauth.allowInsecureRequests(configuration);
  }
  if (show && text) {
    configuration[oauth.customFetch] = (url, { body, headers, method, redirect }) =>
      sendStep(show, text, url, { body: body ?? null, headers, method, redirect });
  }
  return configuration;
}

async function begin(configuration: oauth.Configuration, redirectUri: string) {
  const verifier = oauth.randomPKCECodeVerifier();
  const state = oauth.randomState();
  const url = oauth.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: SCOPE,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  return { url, state, verifier };
}

function toTokens(response: oauth.TokenEndpointResponse): Tokens {
  return {
    accessToken: response.access_token,
    refreshToken: response.refresh_token,
    // RFC 6749 §5.1: no scope in the answer means what was asked for.
    scope: response.scope ?? SCOPE,
  };
}

function isPlain(options: OAuthOptions): boolean {
  return new URL(options.issuer).protocol === 'http:';
}
