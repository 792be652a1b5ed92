import { setTimeout as sleep } from 'node:timers/promises';
import { putTeam, putUser } from '../support/factories.ts';
import { UserAgent } from '../support/user-agent.ts';
import {
  type Chain,
  type Customer,
  checkDead,
  checkEnded,
  checkLive,
  openPage,
  refreshChain,
  type Soak,
  startChain,
  takeChain,
} from './chains.ts';

/** Actions per second, and how many may be under way: more would only wait during an outage. */
const RATE = Number(process.env.SOAK_RATE ?? 40);
const AT_ONCE = 64;
/** Users with one authorization each. */
const CUSTOMERS = 40;

/** Counts of the ledger that a load increases. */
export const ACTIONS = [
  'consent',
  'code exchange',
  'refresh',
  'refused refresh',
  'introspection of a live token',
  'introspection of a dead token',
];

/** A load that runs. */
export interface Load {
  /** Ends it; resolves when all requests are answered. */
  stop(): Promise<void>;
  /** Lets the user of an authorization that ended come back. */
  end(chain: Chain): void;
}

/** Starts a load with a fixed rate, after each user has allowed the application everything. */
export async function startLoad(soak: Soak): Promise<Load> {
  const { chains, random } = soak;
  const waiting = await createCustomers(soak);
  const consent = async () => {
    const customer = waiting.shift();
    if (customer !== undefined) {
      const chain = await startChain(soak, customer);
      if (chain === undefined) {
        waiting.push(customer);
      } else {
        chains.idle.push(chain);
      }
    }
  };
  const withChain = async (work: (chain: Chain) => Promise<unknown>) => {
    const chain = takeChain(soak);
    if (chain !== undefined && (await work(chain)) !== false) {
      chains.idle.push(chain);
    } else if (chain !== undefined) {
      waiting.push(chain.customer);
    }
  };
  const actions: (() => Promise<unknown>)[] = [
    ...repeat(8, () => withChain((chain) => refreshChain(soak, chain, true))),
    ...repeat(8, () =>
      withChain(async (chain) => {
        await checkLive(soak, chain);
      }),
    ),
    ...repeat(4, async () => {
      const dead = random.pick(chains.dead);
      return dead && checkDead(soak, dead);
    }),
    ...repeat(1, async () => {
      const chain = random.pick(chains.ended);
      return chain && checkEnded(soak, chain);
    }),
    ...repeat(3, consent),
  ];
  while (waiting.length > 0) {
    await Promise.all(Array.from({ length: 4 }, consent));
  }
  const pending = new Set<Promise<unknown>>();
  let stopped = false;
  const arrivals = (async () => {
    const start = performance.now();
    for (let sent = 0; !stopped; sent += 1) {
      await sleep(Math.max(0, start + (sent * 1000) / RATE - performance.now()));
      if (pending.size < AT_ONCE) {
        const work = (async () => random.pick(actions)?.())()
          .catch((error: unknown) => {
            if (!soak.isAborted()) {
              soak.ledger.violate('unexpected answer', String(error));
            }
          })
          .finally(() => pending.delete(work));
        pending.add(work);
      }
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await arrivals;
      await Promise.all(pending);
    },
    end: (chain) => {
      chains.ended.push(chain);
      waiting.push(chain.customer);
    },
  };
}

/** Creates users of an organizer, who are signed in. */
async function createCustomers({ site }: Soak): Promise<Customer[]> {
  const customers: Customer[] = [];
  for (let count = 1; count <= CUSTOMERS; count += 1) {
    const user = await putUser(site, { id: `customer-${count}` });
    customers.push({ user, agent: new UserAgent(site) });
  }
  const members = customers.map(({ user }) => user.id);
  const permissions = ['can_view_orders', 'can_change_orders'];
  await putTeam(site, { organizer: 'redstage', id: 'customers', permissions, members });
  for (const customer of customers) {
    await openPage(customer, '/account/authorizations');
  }
  return customers;
}

function repeat<T>(times: number, one: T): T[] {
  return Array.from({ length: times }, () => one);
}
