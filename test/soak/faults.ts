import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger, Random, Say } from './ledger.ts';
import type { Site } from './site.ts';

/** Milliseconds for which the database stands still. */
const HANG = { shortest: 2_000, range: 6_000 };
/** Milliseconds between two faults. */
const PAUSE = { shortest: 2_000, range: 6_000 };
/** Part of the time within which they happen: most of it is for this release. */
const LATEST: Readonly<Record<string, number>> = { upgrade: 0.2, failover: 0.8 };
/** Number of violations after which the run ends early. */
const ENOUGH = 30;

/** A fault; resolves when it is over. */
type Fault = (site: Site, random: Random, output: Output) => Promise<void>;

interface Output {
  readonly ledger: Ledger;
  readonly say: Say;
}

/** Faults that can happen during a restart or an upgrade, too. */
const CRASHES: Readonly<Record<string, Fault>> = {
  'worker killed': async ({ servers }, random) => {
    servers[random.below(2)]?.killWorker(random.below(2));
  },
  'PostgreSQL killed': ({ postgres }) => postgres.crash(),
  'PostgreSQL stopped for seconds': async ({ postgres }, random) => {
    postgres.signal('SIGSTOP');
    try {
      await sleep(HANG.shortest + random.below(HANG.range));
    } finally {
      postgres.signal('SIGCONT');
    }
  },
};

const RESTARTS: Readonly<Record<string, Fault>> = {
  'server killed': async ({ servers }, random) => {
    const server = servers[random.below(2)];
    await server?.kill();
    await server?.start();
  },
  'workers replaced (SIGHUP)': async ({ servers }, random) => {
    await servers[random.below(2)]?.replaceWorkers();
  },
  'server restarted (SIGTERM)': async ({ servers }, random) => {
    const server = servers[random.below(2)];
    await server?.stop();
    await server?.start();
  },
};

/** Faults that happen once. */
const ONCE: Readonly<Record<string, Fault>> = {
  failover: ({ postgres }) => postgres.failOver(),
  upgrade: async ({ migrate, servers }, _, { ledger, say }) => {
    say(await migrate());
    for (const server of servers) {
      await server.stop();
      await server.start();
    }
    ledger.tolerateFailures(false);
  },
};

/** Result of all faults of a name. */
export interface FaultReport {
  readonly times: number;
  /** Milliseconds without a successful introspection, at most. */
  readonly longestOutage: number;
}

/** Makes faults in random order until the time is over. */
export async function makeFaults(
  site: Site,
  output: Output,
  random: Random,
  milliseconds: number,
): Promise<Record<string, FaultReport>> {
  const { ledger, say } = output;
  const reports: Record<string, FaultReport> = {};
  const start = performance.now();
  const passed = () => performance.now() - start;
  const once = random
    .shuffle(Object.keys(ONCE))
    .map((name) => ({ name, at: random.below((LATEST[name] ?? 1) * milliseconds) }));
  let deck: string[] = [];
  const draw = () => {
    const due = once.findIndex(({ at }) => at < passed());
    if (due !== -1) {
      return once.splice(due, 1)[0]?.name ?? '';
    }
    deck =
      deck.length > 0 ? deck : random.shuffle([...Object.keys(CRASHES), ...Object.keys(RESTARTS)]);
    return deck.pop() ?? '';
  };
  const make = async (name: string) => {
    const fault = CRASHES[name] ?? RESTARTS[name] ?? ONCE[name];
    const crash = name in CRASHES || name === 'failover' ? undefined : drawCrash(random);
    const title = crash === undefined ? name : `${name} + ${crash.name}`;
    say(title);
    const outage = ledger.measureOutage();
    await Promise.all([
      fault?.(site, random, output),
      crash && sleep(random.below(HANG.range)).then(() => crash.fault(site, random, output)),
    ]);
    await Promise.all(site.servers.map((server) => server.isReady()));
    await sleep(PAUSE.shortest + random.below(PAUSE.range));
    const { times, longestOutage } = reports[title] ?? { times: 0, longestOutage: 0 };
    const longest = Math.max(longestOutage, Math.round(outage.milliseconds));
    reports[title] = { times: times + 1, longestOutage: longest };
  };
  while (passed() < milliseconds && ledger.violations.length < ENOUGH) {
    await make(draw());
  }
  for (const { name } of once.splice(0)) {
    await make(name);
  }
  return reports;
}

/** Chooses a crash in half of all cases. */
function drawCrash(random: Random): { name: string; fault: Fault } | undefined {
  const [name, fault] = random.pick(Object.entries(CRASHES)) ?? [];
  const happens = random.below(2) === 0;
  return happens && name !== undefined && fault !== undefined ? { name, fault } : undefined;
}
