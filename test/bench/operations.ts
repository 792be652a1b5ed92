import { Agent } from 'node:http';
import type { TestApplication, TestUser } from '../support/factories.ts';
import { authorize } from '../support/flow.ts';
import type { ClientCredentials } from '../support/platform.ts';
import { basic, exchange } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';
import type { Send } from './contenders/contender.ts';
import { CODE_VERIFIER, CONNECTIONS, codeOf, GRANTS, SCOPES, tokenOf } from './data.ts';
import { post } from './load.ts';

/** The operations in the order in which they are measured, with their descriptions. */
export const OPERATIONS = {
  introspection: 'introspection',
  refresh: 'refresh',
  exchange: 'code exchange',
  authorize: 'authorize with session and grant, then exchange',
  flow: 'authorize with session, consent, exchange',
} as const;

export type Operation = keyof typeof OPERATIONS;

/** An authorization server under test. */
export interface OAuthService {
  readonly issuer: string;
  readonly application: TestApplication;
  /** Authenticates at the introspection endpoint. */
  readonly caller: ClientCredentials;
  /** Number of browsers, each with a user of its own. */
  readonly browsers: number;
  /** The user who is signed in in a browser. */
  readonly userOf: (browser: number) => TestUser;
}

/** Milliseconds after which an idle connection is closed: while the other servers are measured. */
const IDLE = 1_000;

/** The first grants are for refreshes, because a refresh ends its access token. */
export const REFRESHED = 15_000;
const INTROSPECTED = GRANTS - 2 * REFRESHED;

/** Returns the `prepare` of a contender that speaks OAuth at the paths of Stagedoor. */
export function oauthOperations(service: OAuthService) {
  const endpoint = (name: string) => `${service.issuer}/api/v1/oauth/${name}`;
  let signedIn: Promise<UserAgent[]> | undefined;
  const agents = () => {
    signedIn ??= signedInAgents(service);
    return signedIn;
  };
  const operations: Record<Operation, () => Send | Promise<Send>> = {
    introspection: () => introspectionOf(service, endpoint('introspect')),
    refresh: () => refreshOf(service, endpoint('token')),
    exchange: () =>
      forms(endpoint('token'), service.application, '"refresh_token":', (index) => ({
        grant_type: 'authorization_code',
        code: codeOf(unused(index, GRANTS)),
        redirect_uri: service.application.redirectUri,
        code_verifier: CODE_VERIFIER,
      })),
    authorize: async () => flows(service, await agents(), false),
    flow: async () => flows(service, await agents(), true),
  };
  return async (operation: Operation): Promise<Send> => operations[operation]();
}

/** Introspections of live access tokens, each request with another one. */
export function introspectionOf(service: OAuthService, url: string): Send {
  return forms(url, service.caller, '"active":true', (index) => ({
    token: tokenOf('sda', 2 * REFRESHED + (index % INTROSPECTED)),
  }));
}

/**
 * Refreshes, each with an unused refresh token.
 * @param first grant of the first one, for servers that share a database
 */
export function refreshOf(service: OAuthService, url: string, first = 0): Send {
  return forms(url, service.application, '"refresh_token":', (index) => ({
    grant_type: 'refresh_token',
    refresh_token: tokenOf('sdr', first + unused(index, REFRESHED)),
  }));
}

function unused(index: number, stored: number): number {
  if (index >= stored) {
    throw new Error(`More than ${stored} requests, but each needs a token of its own.`);
  }
  return index;
}

function forms(
  url: string,
  client: ClientCredentials,
  expect: string,
  parametersOf: (index: number) => Record<string, string>,
): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, timeout: IDLE });
  const authorization = basic(client.clientId, client.clientSecret ?? '');
  return (index) => {
    const body = new URLSearchParams(parametersOf(index)).toString();
    const headers = {
      authorization,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    };
    return post({ url, headers, body, expect }, agent);
  };
}

/** Signs in all browsers, each with an authorization, one after the other. */
async function signedInAgents(service: OAuthService): Promise<UserAgent[]> {
  const agents: UserAgent[] = [];
  for (let browser = 0; browser < service.browsers; browser += 1) {
    // Of the network for benchmarks (RFC 2544).
    const address = `198.18.${browser >> 8}.${browser & 255}`;
    const agent = new UserAgent(service, { 'x-forwarded-for': address });
    await runFlow(service, agent, browser, { prompt: 'consent' });
    agents.push(agent);
  }
  return agents;
}

async function runFlow(
  service: OAuthService,
  agent: UserAgent,
  browser: number,
  parameters: Record<string, string>,
) {
  const result = await authorize(service, {
    application: service.application,
    user: service.userOf(browser),
    scope: SCOPES.join(' '),
    parameters,
    agent,
  });
  const { status } = await exchange(service, service.application, result);
  if (status !== 200) {
    throw new Error(`${service.issuer}: the code was exchanged with status ${status}`);
  }
  return result;
}

/**
 * Authorizations and code exchanges in browsers that are signed in, in turn, so that the users of all have few
 * grants.
 */
function flows(service: OAuthService, agents: readonly UserAgent[], consent: boolean): Send {
  return async (index) => {
    const browser = index % agents.length;
    const agent = agents[browser] ?? new UserAgent(service);
    const result = await runFlow(service, agent, browser, consent ? { prompt: 'consent' } : {});
    if (result.sawLogin || result.sawConsent !== consent) {
      throw new Error(`${service.issuer}: unexpected pages in an authorization`);
    }
  };
}
