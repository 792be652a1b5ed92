import { createHash, randomBytes } from 'node:crypto';
import type { TestApplication, TestUser } from './factories.ts';
import type { Issuer } from './platform.ts';
import { describe, offered, type Page, showsForm, UserAgent } from './user-agent.ts';

/** Options of one authorization. */
export interface AuthorizeOptions {
  readonly application: TestApplication;
  /** User who signs in if the server asks for it. */
  readonly user: TestUser;
  /** The `scope` parameter; omitted from the request if not given. */
  readonly scope?: string;
  /** Slugs to select; by default all that the page offers. */
  readonly organizers?: readonly string[];
  /** Scopes to leave selected; by default all that the page offers. */
  readonly scopes?: readonly string[];
  readonly decision?: 'allow' | 'deny';
  /** Fate of earlier grants that allow more; by default what the page has selected. */
  readonly previous?: 'replace' | 'keep';
  /** `false` sends no PKCE challenge. */
  readonly pkce?: boolean;
  /** Additional or changed parameters of the authorization request: `{ prompt: 'consent' }`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Values of the parameter `resource`, which may be repeated. */
  readonly resources?: readonly string[];
  /** An existing browser, which may be signed in already. */
  readonly agent?: UserAgent;
}

/** Result of an authorization. */
export interface AuthorizeResult {
  /** Parameters of the redirect to the application: `code`, `state`, `iss`, or `error`… */
  readonly parameters: Readonly<Record<string, string>>;
  readonly redirectedTo: URL;
  readonly redirectUri: string;
  /** Absent without PKCE. */
  readonly codeVerifier: string | undefined;
  readonly state: string;
  readonly agent: UserAgent;
  readonly sawLogin: boolean;
  readonly sawConsent: boolean;
}

/** Returns the URL of an authorization request. */
export function authorizationUrl(
  server: Issuer,
  parameters: Readonly<Record<string, string>>,
): URL {
  const url = new URL('/api/v1/oauth/authorize', server.issuer);
  url.search = new URLSearchParams(parameters).toString();
  return url;
}

/** Code verifier of `requestOf`. */
export const VERIFIER = 'v'.repeat(43);

/** Returns the parameters of an authorization request with PKCE, with additional or changed ones. */
export function requestOf(
  { clientId, redirectUri }: Pick<TestApplication, 'clientId' | 'redirectUri'>,
  parameters: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state: 'the-state',
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: 'S256',
    ...parameters,
  };
}

/** Returns the S256 challenge of a verifier (RFC 7636 §4.2). */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/**
 * Completes sign-in and consent, if the server asks for them, until the user is redirected to the
 * application.
 * @throws Error with the page's text if the flow ends on a page
 */
export async function authorize(
  server: Issuer,
  options: AuthorizeOptions,
): Promise<AuthorizeResult> {
  const agent = options.agent ?? new UserAgent(server);
  const codeVerifier = options.pkce === false ? undefined : randomBytes(32).toString('base64url');
  const state = options.parameters?.state ?? randomBytes(12).toString('base64url');
  const redirectUri = options.parameters?.redirect_uri ?? options.application.redirectUri;
  const url = authorizationUrl(server, {
    response_type: 'code',
    client_id: options.application.clientId,
    redirect_uri: redirectUri,
    state,
    ...(options.scope === undefined ? {} : { scope: options.scope }),
    ...(codeVerifier === undefined
      ? {}
      : { code_challenge: challengeOf(codeVerifier), code_challenge_method: 'S256' }),
    ...options.parameters,
  });
  for (const resource of options.resources ?? []) {
    url.searchParams.append('resource', resource);
  }
  let page = await agent.get(url);
  const sawLogin = showsForm(page, 'email', 'password');
  if (sawLogin) {
    page = await signIn(agent, page, options.user);
  }
  const sawConsent = showsForm(page, 'decision');
  if (sawConsent) {
    page = await decide(agent, page, options);
  }
  if (page.leavesTo === undefined) {
    throw new Error(`The user was not redirected to the application: ${describe(page)}`);
  }
  return {
    parameters: Object.fromEntries(page.leavesTo.searchParams),
    redirectedTo: page.leavesTo,
    redirectUri,
    codeVerifier,
    state,
    agent,
    sawLogin,
    sawConsent,
  };
}

/** Fills in the sign-in form of a page. */
export function signIn(agent: UserAgent, page: Page, user: TestUser): Promise<Page> {
  return agent.submit(page, { email: user.email, password: user.password });
}

/** Returns a new browser in which a user is signed in. */
export async function signedIn(server: Issuer, user: TestUser): Promise<UserAgent> {
  const agent = new UserAgent(server);
  await signIn(agent, await agent.get('/login'), user);
  return agent;
}

/** Answers the consent page. */
export function decide(
  agent: UserAgent,
  page: Page,
  options: Pick<AuthorizeOptions, 'organizers' | 'scopes' | 'decision' | 'previous'> = {},
): Promise<Page> {
  const organizers = options.organizers ?? offered(page, 'organizers');
  const scopes = options.scopes ?? offered(page, 'scopes');
  const decision = options.decision ?? 'allow';
  const previous = options.previous === undefined ? {} : { previous: options.previous };
  return agent.submit(page, { decision, organizers, scopes, ...previous }, 'decision');
}
