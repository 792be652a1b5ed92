import { setTimeout as sleep } from 'node:timers/promises';
import { AUTHORIZATIONS, confirm } from '../support/authorizations.ts';
import { sharedClock } from '../support/changes/api-process.ts';
import { callManagement } from '../support/platform.ts';
import { refresh, revoke } from '../support/tokens.ts';
import { describe, type Page } from '../support/user-agent.ts';
import {
  bury,
  type Chain,
  checkLive,
  isExplained,
  openPage,
  refreshChain,
  type Soak,
  takeChain,
  untilAnswered,
} from './chains.ts';
import type { Load } from './load.ts';

/** Chains of one round. */
const CHAINS = 6;
/** Milliseconds for which API services let the tokens in before they are revoked. */
const BEFORE = 1_500;
/** Revocations begin within so many milliseconds. */
const SPREAD = 2_000;
/** Milliseconds after the last revocation for which requests go on. */
const AFTER = 1_700;
/** Largest time in milliseconds from an answered revocation to the last request that is let in. */
const PROMISED = 1_000;
/** Milliseconds until a party tries again. */
const RETRY_AFTER = 1_000;

/** Makes a change and resolves when it was answered; returns false if that is not so. */
type Change = (soak: Soak, chain: Chain) => Promise<boolean>;

/** Changes after which the access token of a chain opens nothing. */
const CHANGES = {
  'revoked by the application': {
    ends: true,
    change: async (soak, { application, refreshToken }) => {
      const answer = await untilAnswered(soak, () => revoke(soak.site, application, refreshToken));
      return isDone(soak, answer);
    },
  },
  'revoked by the user': {
    ends: true,
    change: (soak, { customer, grantId }) =>
      throughPages(soak, `${AUTHORIZATIONS}/${grantId}/revoke`, customer, (page) =>
        confirm(customer.agent, page),
      ),
  },
  'revoked by an operator': {
    ends: true,
    change: async (soak, { grantId }) => {
      const path = `/api/v1/grants/${grantId}/revoke/`;
      const answer = await untilAnswered(soak, () => callManagement(soak.site, 'POST', path));
      return isDone(soak, answer);
    },
  },
  'used token presented again': {
    ends: true,
    change: async (soak, chain) => {
      const { refreshToken } = chain;
      // Twice, so that the first is no lost answer.
      if (!(await refreshChain(soak, chain)) || !(await refreshChain(soak, chain))) {
        return false;
      }
      const answer = await untilAnswered(soak, () =>
        refresh(soak.site, chain.application, refreshToken),
      );
      if (answer.status !== 400) {
        soak.ledger.violate('token resurrected', `a used refresh token: ${answer.status}`);
      }
      return true;
    },
  },
  narrowed: {
    ends: false,
    change: async (soak, chain) => {
      const { customer, grantId } = chain;
      const scopes = ['profile', 'write'];
      const values = { scopes, organizers: ['redstage'] };
      const path = `${AUTHORIZATIONS}/${grantId}/change`;
      const done = await throughPages(soak, path, customer, (page) =>
        customer.agent.submit(page, values, 'end_date'),
      );
      chain.scopes = scopes;
      return done;
    },
  },
  refreshed: { ends: false, change: (soak: Soak, chain: Chain) => refreshChain(soak, chain) },
} satisfies Record<string, { change: Change; ends: boolean }>;

/** Counts of the ledger that `keepRevoking` increases. */
export const REVOCATIONS = Object.keys(CHANGES);

/** Largest time until a revocation took effect at an API service. */
export interface Delays {
  milliseconds: number;
  what: string;
  /** Number of tokens that an API service let in before they were revoked. */
  seen: number;
}

/** Revokes, narrows and refreshes a few chains at a time, while API services verify their tokens. */
export async function keepRevoking(soak: Soak, load: Load, delays: Delays): Promise<void> {
  const kinds = Object.entries(CHANGES);
  let next = 0;
  while (!soak.isOver()) {
    const round = Array.from({ length: CHAINS }, () => takeChain(soak)).filter(
      (chain) => chain !== undefined,
    );
    const watched = round.map(({ accessToken }) => accessToken);
    for (const api of soak.site.apis) {
      api.watch(watched);
    }
    await sleep(BEFORE);
    const changed = round.map(async (chain) => {
      const [name, { change, ends }] = kinds[next++ % kinds.length] ?? ['', CHANGES.refreshed];
      const { accessToken } = chain;
      const reads = chain.scopes.includes('read');
      await sleep(soak.random.below(SPREAD));
      const sent = sharedClock();
      const done = await change(soak, chain);
      const answered = sharedClock();
      if (done) {
        soak.ledger.count(name);
      }
      if (done && ends) {
        bury(soak, chain);
        load.end(chain);
      } else if (done) {
        await checkLive(soak, chain);
        soak.chains.idle.push(chain);
      }
      return { name, accessToken, reads, sent, answered: done ? answered : undefined };
    });
    const results = await Promise.all(changed);
    await sleep(AFTER);
    await judge(soak, delays, results);
  }
}

interface Changed {
  readonly name: string;
  readonly accessToken: string;
  /** The API services let the token in before. */
  readonly reads: boolean;
  /** Times of `sharedClock`. */
  readonly sent: number;
  readonly answered: number | undefined;
}

async function judge({ site, ledger }: Soak, delays: Delays, results: readonly Changed[]) {
  const reports = (await Promise.all(site.apis.map((api) => api.report()))).flat();
  for (const { name, accessToken, reads, sent, answered } of results) {
    for (const report of reports.filter(({ token }) => token === accessToken)) {
      const { lastAdmitted, firstRefused } = report;
      const delay = lastAdmitted - (answered ?? Number.POSITIVE_INFINITY);
      delays.seen += lastAdmitted > 0 ? 1 : 0;
      if (delay > delays.milliseconds) {
        Object.assign(delays, { milliseconds: delay, what: name });
      }
      if (delay > PROMISED) {
        ledger.violate('token resurrected', `let in ${Math.round(delay)} ms after: ${name}`);
      }
      if (reads && firstRefused !== null && firstRefused < sent) {
        ledger.violate('token lost', `refused by an API service before: ${name}`);
      }
    }
  }
}

function isDone({ ledger }: Soak, { status, body }: { status: number; body: unknown }): boolean {
  if (status >= 300) {
    ledger.violate('unexpected answer', `to a revocation: ${status} ${JSON.stringify(body)}`);
  }
  return status < 300;
}

/** Uses a form of an account page until it leads back to the list, as users do. */
async function throughPages(
  { ledger, isAborted }: Soak,
  path: string,
  customer: Chain['customer'],
  send: (page: Page) => Promise<Page>,
): Promise<boolean> {
  for (let attempt = 1; !isAborted(); attempt += 1) {
    try {
      const page = await openPage(customer, path);
      // The change before was made, and its answer lost.
      if (attempt > 1 && (page.status === 404 || page.url.pathname === AUTHORIZATIONS)) {
        return true;
      }
      // Error pages have forms, too.
      const next = page.status === 200 ? await send(page) : page;
      if (next.status === 200 && next.url.pathname === AUTHORIZATIONS) {
        return true;
      }
      throw new Error(describe(next));
    } catch (error) {
      if (!isExplained(ledger, 'page', error)) {
        return false;
      }
    }
    await sleep(RETRY_AFTER);
  }
  return false;
}
