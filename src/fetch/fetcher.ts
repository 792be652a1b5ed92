import type { FetchSettings } from '../config/fetch-settings.ts';
import { RetryLaterError, StagedoorError } from '../lib/errors.ts';
import type { Limit } from '../limits/limit.ts';
import type { Limits } from '../limits/limits.ts';
import { type CheckedUrl, checkUrl } from './check-url.ts';
import { download, type FetchedDocument } from './download.ts';
import { failed } from './errors.ts';
import { createFailures } from './failures.ts';
import { isGlobalAddress } from './global-address.ts';
import { type Resolve, resolveByDns, resolveGlobal } from './resolve.ts';

/** Gets documents from addresses that came from outside. */
export interface Fetcher {
  /**
   * Gets a JSON document of at most 5 KiB within two seconds. Never call it inside a transaction.
   * @param person ID of the user for whom an unknown address is fetched; undefined for an address that
   *   is known already. Each has a budget of its own.
   * @throws StagedoorError `fetch_refused` (address or host), `fetch_failed` (network, status, type,
   *   size, time), or RetryLaterError `fetch_limited` (budget)
   */
  get(url: string, options?: { readonly person?: string | undefined }): Promise<FetchedDocument>;
}

/** The parts that tests replace. */
interface Network {
  readonly resolve: Resolve;
  readonly isGlobal: (address: string) => boolean;
  /** As `URL.port` writes it: empty for 443. */
  readonly port: string;
}

/** Dependencies of the fetcher. */
export interface FetcherDeps {
  readonly limits: Pick<Limits, 'named'>;
  readonly settings: FetchSettings;
  readonly network?: Network;
}

/** For everything: waiting for the turn, DNS, connection, response. */
const MILLISECONDS = 2_000;
const MOST_AT_ONCE = 20;
const BUSY_SECONDS = 5;
const PER_PERSON = { points: 20, seconds: 86_400 };
const PER_HOST = { points: 60, seconds: 600 };

const INTERNET: Network = { resolve: resolveByDns, isGlobal: isGlobalAddress, port: '' };

/** Opens a fetcher. Budgets hold for all processes; turns and failures are kept per process. */
export function openFetcher({ limits, settings, network = INTERNET }: FetcherDeps): Fetcher {
  const people = limits.named('fetch.person', PER_PERSON);
  const hosts = limits.named('fetch.host', PER_HOST);
  const failures = createFailures();
  const running = new Map<string, Promise<FetchedDocument>>();
  const turns = new Map<string, Promise<unknown>>();

  const fetchNow = async (checked: CheckedUrl, before: Promise<unknown> | undefined) => {
    const signal = AbortSignal.timeout(MILLISECONDS);
    if (before !== undefined) {
      await withinTime(before, signal).catch(() => {
        throw limited('Other documents of this host are being fetched.', BUSY_SECONDS);
      });
    }
    const { url, isPrivate } = checked;
    const addresses = isPrivate
      ? undefined
      : await withinTime(resolveGlobal(url.hostname, network, signal), signal);
    return download(url, addresses, signal);
  };

  const takeTurn = (checked: CheckedUrl) => {
    const { host, href } = checked.url;
    if (running.size >= MOST_AT_ONCE) {
      throw limited('Too many documents are being fetched. Try again shortly.', BUSY_SECONDS);
    }
    const turn = fetchNow(checked, turns.get(host)).catch((error: unknown) => {
      throw error instanceof RetryLaterError ? error : failures.add(href, describe(error));
    });
    const ended = turn.then(
      () => {},
      () => {},
    );
    turns.set(host, ended);
    running.set(href, turn);
    ended.then(() => {
      running.delete(href);
      if (turns.get(host) === ended) {
        turns.delete(host);
      }
    });
    return turn;
  };

  return {
    get: async (text, { person } = {}) => {
      const checked = checkUrl(text, settings, network.port);
      const { href, host } = checked.url;
      const known = failures.find(href);
      if (known !== undefined) {
        throw known;
      }
      const same = running.get(href);
      if (same !== undefined) {
        return same;
      }
      if (person !== undefined) {
        const message = 'You have connected many new applications today. Try again later.';
        await take(people, person, message);
      }
      // Invented addresses at a host must not use up what its known documents need.
      const kind = person === undefined ? 'known' : 'new';
      await take(hosts, `${kind} ${host}`, `Too many documents of ${host} were fetched.`);
      return running.get(href) ?? takeTurn(checked);
    },
  };
}

async function take(limit: Limit, key: string, message: string): Promise<void> {
  const verdict = await limit.take(key);
  if (!verdict.allowed) {
    throw limited(message, verdict.retrySeconds);
  }
}

function limited(message: string, seconds: number): RetryLaterError {
  return new RetryLaterError('fetch_limited', message, seconds);
}

function describe(error: unknown): StagedoorError {
  if (error instanceof StagedoorError) {
    return error;
  }
  const late = error instanceof Error && /^(?:Abort|Timeout)Error$/.test(error.name);
  const message = late
    ? `The host did not answer within ${MILLISECONDS / 1000} seconds.`
    : 'The host could not be reached, or broke the connection off.';
  return failed(message, error);
}

/** Rejects after the timeout, also if `work` ignores it. */
async function withinTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
