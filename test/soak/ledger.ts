import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** Random numbers from a seed. */
export interface Random {
  /** Returns an integer from 0 to below `limit`. */
  below(limit: number): number;
  pick<T>(from: readonly T[]): T | undefined;
  shuffle<T>(list: readonly T[]): T[];
}

/** Creates random numbers (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return {
    below,
    pick: (from) => from[below(from.length)],
    shuffle: (list) =>
      list
        .map((one) => ({ one, key: below(1 << 30) }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ one }) => one),
  };
}

/** Broken promises, by kind. */
export type Violation =
  /** A token of a live authorization was not live, or lacked a scope. */
  | 'token lost'
  /** A live authorization could not be refreshed, or its code not exchanged. */
  | 'chain lost'
  /** A revoked, used or narrowed token was live, or let in too late by an API service. */
  | 'token resurrected'
  /** A status of 500 or more that is neither 503 nor a connection that the proxy lost. */
  | 'wrong failure'
  /** An answer that no fault explains. */
  | 'unexpected answer'
  /** A server did not end as it should, or left a process. */
  | 'unexpected end';

/** Counts of a run. */
export interface Ledger {
  readonly violations: readonly string[];
  /** Responses and broken connections of all requests of this process, by kind. */
  readonly answers: Readonly<Record<string, number>>;
  /** Number of actions that succeeded, by name. */
  readonly actions: Readonly<Record<string, number>>;
  violate(kind: Violation, details: string): void;
  /** Only notes how servers fail and end from now on: a previous release has defects of its own. */
  tolerateFailures(tolerated: boolean): void;
  count(action: string): void;
  /** Begins a new measurement of the longest time without a successful introspection; ends the last. */
  measureOutage(): { readonly milliseconds: number };
  close(): void;
}

/** Milliseconds since the start, as in all lines of the output. */
export type Say = (line: string) => void;

/** Counts all requests of this process, whichever function sends them. */
export function createLedger(say: Say): Ledger {
  const violations: string[] = [];
  const answers: Record<string, number> = {};
  const actions: Record<string, number> = {};
  let outage = { milliseconds: 0 };
  let lastSuccess: number | undefined;
  const increase = (counts: Record<string, number>, key: string) => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  let toleratesFailures = false;
  const violate = (kind: Violation, details: string) => {
    const line = `${kind}: ${details}`;
    if (toleratesFailures && (kind === 'wrong failure' || kind === 'unexpected end')) {
      increase(actions, `${kind}, before the upgrade`);
      say(`before the upgrade: ${line}`);
      return;
    }
    violations.push(line);
    say(`VIOLATION ${line}`);
  };
  const noteAnswer = (message: unknown) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    const status = response.statusCode ?? 0;
    // Only the proxy sends answers without an ID.
    const sender = response.headers['x-request-id'] === undefined ? 'proxy' : 'server';
    increase(answers, status < 500 ? `${Math.floor(status / 100)}xx` : `${status} of ${sender}`);
    if (status >= 500 && status !== 503 && !(status === 502 && sender === 'proxy')) {
      violate('wrong failure', `${status} of ${sender}: ${request.method} ${request.path}`);
    }
    if (status === 200 && request.path.endsWith('/introspect')) {
      const now = performance.now();
      outage.milliseconds = Math.max(outage.milliseconds, now - (lastSuccess ?? now));
      lastSuccess = now;
    }
  };
  const noteError = (message: unknown) => {
    const { error } = message as { error: NodeJS.ErrnoException };
    increase(answers, error.name === 'AbortError' ? 'hung up by the client' : `${error.code}`);
  };
  subscribe('http.client.response.finish', noteAnswer);
  subscribe('http.client.request.error', noteError);
  return {
    violations,
    answers,
    actions,
    violate,
    tolerateFailures: (tolerated) => {
      toleratesFailures = tolerated;
    },
    count: (action) => increase(actions, action),
    measureOutage: () => {
      outage = { milliseconds: 0 };
      return outage;
    },
    close: () => {
      unsubscribe('http.client.response.finish', noteAnswer);
      unsubscribe('http.client.request.error', noteError);
    },
  };
}
