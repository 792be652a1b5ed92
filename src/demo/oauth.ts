import * as oauth from 'openid-client';
import type { ClientCredentials } from './registration.ts';
import type { Pending } from './session.ts';
import { type Step, type StepText, sendStep } from './step.ts';
import type { Texts } from './texts.ts';

/** Client credentials and redirect URI of the application. */
export interface OAuthOptions extends ClientCredentials {
  readonly issuer: string;
  readonly redirectUri: string;
}

/** Takes what is to be shown of a request. */
export type Show = (step: Omit<Step, 'number'>) => void;

/** The protocol, as an application that uses a library for it has it. */
export type OAuth = ReturnType<typeof createOAuth>;

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
export function createOAuth(options: OAuthOptions) {
  let discovered: Promise<oauth.ServerMetadata> | undefined;
  const connect = async (show?: Show, text?: StepText) => {
    discovered ??= discover(options).catch((error: unknown) => {
      discovered = undefined;
      throw error;
    });
    return configure(options, await discovered, show, text);
  };
  return {
    /** Returns the URL of the authorization request, and what to remember until the redirect. */
    begin: async () => begin(await connect(), options.redirectUri),
    /** Exchanges the code of the callback. */
    finish: async (show: Show, texts: Texts, callback: URL, { url, verifier }: Pending) => {
      const { exchange, exchanged, notExchanged } = texts.steps;
      const text = stepText(texts, exchange, exchanged, notExchanged);
      const configuration = await connect(show, text);
      const expectedState = url.searchParams.get('state') ?? '';
      const checks = { expectedState, pkceCodeVerifier: verifier };
      return toTokens(await oauth.authorizationCodeGrant(configuration, callback, checks));
    },
    refresh: async (show: Show, texts: Texts, refreshToken: string) => {
      const { refresh, refreshed, notRefreshed } = texts.steps;
      const text = stepText(texts, refresh, refreshed, notRefreshed);
      const configuration = await connect(show, text);
      return toTokens(await oauth.refreshTokenGrant(configuration, refreshToken));
    },
    revoke: async (show: Show, texts: Texts, token: string) => {
      const { revoke, revoked, notRevoked } = texts.steps;
      const text = stepText(texts, revoke, revoked, notRevoked);
      await oauth.tokenRevocation(await connect(show, text), token);
    },
  };
}

/** Describes a request by the result of its answer. */
function stepText(
  { noResponse }: Texts,
  title: string,
  success: string,
  failure: string,
): StepText {
  return { title, noResponse, explain: (status) => (status === 200 ? success : failure) };
}

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
