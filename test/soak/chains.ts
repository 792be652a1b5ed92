import { setTimeout as sleep } from 'node:timers/promises';
import { hashOf } from '../../src/lib/credentials.ts';
import type { TestApplication, TestUser } from '../support/factories.ts';
import { authorize, signIn } from '../support/flow.ts';
import type { ClientCredentials, Issuer } from '../support/platform.ts';
import { exchange, introspect, postForm, refresh, type TokenAnswer } from '../support/tokens.ts';
import { type Page, showsForm, type UserAgent } from '../support/user-agent.ts';
import type { Ledger, Random } from './ledger.ts';
import type { Site } from './site.ts';

/** Scopes of a new authorization. */
export const SCOPES = ['profile', 'read', 'write'];
/** Milliseconds until a client sends a request again that failed. */
const RETRY_AFTER = 1_000;
/** Milliseconds within which a lost answer to a refresh is repeated: REFRESH_RETRY_SECONDS, some less. */
const RETRY_WINDOW = 29_000;
/** Milliseconds after which a client hangs up at the latest, in one of `HANG_UPS` refreshes. */
const LATEST_HANG_UP = 20;
const HANG_UPS = 20;
/** Milliseconds for which a chain then rests; longer than the proxy waits for a server. */
const REST = 65_000;

/** A user with a browser. */
export interface Customer {
  readonly user: TestUser;
  readonly agent: UserAgent;
}

/** An authorization with the tokens that its application has now. */
export interface Chain {
  readonly customer: Customer;
  readonly application: TestApplication;
  readonly grantId: string;
  /** Scopes that the user allows. */
  scopes: readonly string[];
  accessToken: string;
  refreshToken: string;
  /**
   * Time of `performance.now` until which it is not refreshed: a request whose client hung up may still be under
   * way. If it arrives after the next refresh, it is a re-use.
   */
  restsUntil: number;
}

/** A token that must not be live any more. */
export interface DeadToken {
  readonly token: string;
  readonly kind: 'access' | 'refresh';
  readonly application: TestApplication;
}

/**
 * Chains of refresh tokens, and what must be true of them. One request at a time concerns a chain, so that
 * each answer can be judged.
 */
export interface Chains {
  /** Live and unused at the moment. */
  readonly idle: Chain[];
  readonly dead: DeadToken[];
  /** Authorizations that ended: their last refresh token must be refused. */
  readonly ended: Chain[];
}

/** Everything that actions need. */
export interface Soak {
  readonly site: Site;
  readonly ledger: Ledger;
  readonly chains: Chains;
  readonly random: Random;
  readonly isOver: () => boolean;
  /** The run has failed, and the site is closed. */
  readonly isAborted: () => boolean;
}

/** Sends a request until it is answered by something else than a failure. */
export async function untilAnswered<Answer extends { readonly status: number }>(
  { isAborted }: Soak,
  send: () => Promise<Answer>,
): Promise<Answer> {
  while (!isAborted()) {
    const answer = await send().catch(() => undefined);
    if (answer !== undefined && answer.status < 500) {
      return answer;
    }
    await sleep(RETRY_AFTER);
  }
  throw new Error('The run was aborted.');
}

/** Takes an idle chain, which the caller gives back. */
export function takeChain({ chains: { idle }, random }: Soak): Chain | undefined {
  const rested = idle.filter(({ restsUntil }) => restsUntil < performance.now());
  const chain = random.pick(rested);
  return chain && idle.splice(idle.indexOf(chain), 1)[0];
}

/** Notes that the tokens of a chain are dead. */
export function bury({ chains }: Soak, { application, accessToken, refreshToken }: Chain): void {
  chains.dead.push({ token: accessToken, kind: 'access', application });
  chains.dead.push({ token: refreshToken, kind: 'refresh', application });
}

/**
 * Refreshes as an OAuth client does: the same token again after a failure. In some cases the client hangs up
 * first. Returns false if the chain is lost.
 */
export async function refreshChain(soak: Soak, chain: Chain, mayHangUp = false): Promise<boolean> {
  const { site, ledger, random } = soak;
  const begin = performance.now();
  const hangsUp = mayHangUp && random.below(HANG_UPS) === 0;
  if (hangsUp) {
    await hangUp(site, chain, random.below(LATEST_HANG_UP));
  }
  const answer = await untilAnswered(soak, () =>
    refresh(site, chain.application, chain.refreshToken),
  );
  const { access_token, refresh_token } = answer.body;
  if (access_token === undefined || refresh_token === undefined) {
    const seconds = Math.round((performance.now() - begin) / 1000);
    const told = `${answer.status} ${JSON.stringify(answer.body)} after ${seconds} s`;
    if (performance.now() - begin < RETRY_WINDOW) {
      ledger.violate('chain lost', `${told}, grant ${chain.grantId}`);
    } else {
      ledger.count('chain ended: answer lost for longer than REFRESH_RETRY_SECONDS');
    }
    return false;
  }
  bury(soak, chain);
  chain.accessToken = access_token;
  chain.refreshToken = refresh_token;
  chain.restsUntil = hangsUp ? performance.now() + REST : 0;
  ledger.count('refresh');
  return true;
}

async function hangUp(site: Site, { application, refreshToken }: Chain, after: number) {
  const parameters = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const signal = AbortSignal.timeout(after);
  await postForm(site, 'token', application, parameters, {}, signal).catch(() => undefined);
}

/** Parts of a soak that an introspection needs. */
interface Introspection {
  readonly site: Issuer & Pick<Site, 'resourceServer'>;
  readonly ledger: Pick<Ledger, 'violate' | 'count'>;
}

/** Introspects an access token of a live chain. Returns false if the request failed. */
export async function checkLive(
  soak: Introspection,
  chain: Pick<Chain, 'accessToken' | 'scopes' | 'grantId'>,
): Promise<boolean> {
  const { site, ledger } = soak;
  const body = await introspected(soak, site.resourceServer, chain.accessToken);
  if (body === undefined) {
    return false;
  }
  const { active, scope = '' } = body;
  const found = active === true ? scope.split(' ').filter((one) => one !== '') : [];
  const lost = chain.scopes.filter((one) => !found.includes(one));
  const added = found.filter((one) => !chain.scopes.includes(one));
  const details = `introspection of grant ${chain.grantId}: ${JSON.stringify(body)}`;
  if (lost.length > 0) {
    ledger.violate('token lost', details);
  }
  if (added.length > 0) {
    ledger.violate('token resurrected', `narrowed away: ${added}, ${details}`);
  }
  ledger.count('introspection of a live token');
  return true;
}

/** Introspects a token that must be dead. Returns false if the request failed. */
export async function checkDead(soak: Introspection, dead: DeadToken): Promise<boolean> {
  const { site, ledger } = soak;
  const caller = dead.kind === 'access' ? site.resourceServer : dead.application;
  const body = await introspected(soak, caller, dead.token);
  if (body === undefined) {
    return false;
  }
  if (body.active !== false) {
    ledger.violate('token resurrected', `${dead.kind} token: ${JSON.stringify(body)}`);
  }
  ledger.count('introspection of a dead token');
  return true;
}

/** Returns the answer to an introspection; undefined if the request failed. No fault explains a 4xx. */
async function introspected(
  { site, ledger }: Introspection,
  caller: ClientCredentials,
  token: string,
): Promise<TokenAnswer['body'] | undefined> {
  const answer = await introspect(site, caller, token).catch(() => undefined);
  if (answer === undefined || answer.status >= 500) {
    return undefined;
  }
  if (answer.status !== 200) {
    const told = `${answer.status} ${JSON.stringify(answer.body)}`;
    ledger.violate('unexpected answer', `to an introspection: ${told}`);
    return undefined;
  }
  return answer.body;
}

/** Refreshes with the last token of an authorization that ended. */
export async function checkEnded({ site, ledger }: Soak, chain: Chain): Promise<void> {
  const answer = await refresh(site, chain.application, chain.refreshToken).catch(() => undefined);
  if (answer === undefined || answer.status >= 500) {
    return;
  }
  if (answer.status !== 400 || answer.body.error !== 'invalid_grant') {
    const told = `${answer.status}, grant ${chain.grantId}`;
    ledger.violate('token resurrected', `refresh of a revoked authorization: ${told}`);
  }
  ledger.count('refused refresh');
}

/**
 * Lets a user allow an application everything. Returns undefined if a fault was in the way; then the user starts
 * from the beginning, because a code cannot be exchanged again.
 */
export async function startChain(soak: Soak, customer: Customer): Promise<Chain | undefined> {
  const { site, ledger } = soak;
  const { application } = site;
  const authorization = await authorize(site, {
    ...customer,
    application,
    scope: SCOPES.join(' '),
    organizers: ['redstage'],
    parameters: { prompt: 'consent' },
  }).catch((error: unknown) => {
    isExplained(ledger, 'consent', error);
    return undefined;
  });
  if (authorization === undefined) {
    return undefined;
  }
  ledger.count('consent');
  const answer = await exchange(site, application, authorization).catch(() => undefined);
  const { access_token: accessToken, refresh_token: refreshToken } = answer?.body ?? {};
  if (accessToken === undefined || refreshToken === undefined) {
    if (answer !== undefined && answer.status < 500) {
      const told = `${answer.status} ${JSON.stringify(answer.body)}`;
      ledger.violate('chain lost', `exchange of a new code: ${told}`);
    }
    return undefined;
  }
  ledger.count('code exchange');
  const grantId = await findGrant(soak, accessToken);
  if (grantId === undefined) {
    ledger.violate('token lost', 'new access token without a row');
    return undefined;
  }
  return {
    customer,
    application,
    grantId,
    scopes: SCOPES,
    accessToken,
    refreshToken,
    restsUntil: 0,
  };
}

async function findGrant({ site, isAborted }: Soak, token: string): Promise<string | undefined> {
  while (!isAborted()) {
    try {
      const query = site.database.db.selectFrom('access_tokens').select('grant_id');
      return (await query.where('token_hash', '=', hashOf(token)).executeTakeFirst())?.grant_id;
    } catch {
      // The database is unreachable.
      await sleep(RETRY_AFTER);
    }
  }
  return undefined;
}

/** Opens an account page, and signs in if that is asked for. */
export async function openPage({ user, agent }: Customer, path: string): Promise<Page> {
  const page = await agent.get(path);
  return showsForm(page, 'email', 'password') ? signIn(agent, page, user) : page;
}

/**
 * Errors of functions that walk through pages, if a fault was in the way. The ledger judges the status of each
 * response.
 */
const FAILED = /\b50\d |ECONNRESET|ECONNREFUSED|EPIPE|socket hang up|aborted/;

/** Notes an error that no fault explains; returns if a fault does. */
export function isExplained(ledger: Ledger, action: string, error: unknown): boolean {
  const message = error instanceof Error ? error.message : String(error);
  const explained = FAILED.test(message);
  if (explained) {
    ledger.count(`${action} that failed`);
  } else {
    ledger.violate('unexpected answer', `${action}: ${message}`);
  }
  return explained;
}
