import { AsyncLocalStorage } from 'node:async_hooks';
import type { Candidate } from '../applications/candidate.ts';
import type { FoundClient } from '../applications/store.ts';
import type { Grant } from '../grants/grant.ts';
import type { FoundSession } from '../sessions/session-store.ts';
import type { StoredInteraction } from './interaction-store.ts';

/** Rows that models of the provider are made of. Undefined: the row does not exist. */
interface Rows {
  session: FoundSession | undefined;
  interaction: StoredInteraction | undefined;
  client: FoundClient;
  grant: Grant;
}

interface Known {
  /** By id; each is used once. */
  readonly rows: { readonly [Kind in keyof Rows]: Map<string, Rows[Kind]> };
  /** The stored state of the session, for a comparison with what is to be written. */
  session?: { readonly id: string; readonly row: FoundSession } | undefined;
  activeUserId?: string;
  /** Client of the request, if it may have no row yet, and its details as the user sees them. */
  candidate?: { readonly details: Candidate; readonly found: FoundClient };
}

const storage = new AsyncLocalStorage<Known>();

/**
 * Runs `work` so that it can pass on rows that it has read. A model of the provider that asks for one
 * of them gets it without a query; a second one asks the database. All reads have to be in the same
 * transaction, or in none.
 */
export function withKnownRows<T>(work: () => Promise<T>): Promise<T> {
  const rows = { session: new Map(), interaction: new Map(), client: new Map(), grant: new Map() };
  return storage.run({ rows }, work);
}

/** Passes a row on, inside `withKnownRows`. */
export function putKnown<K extends keyof Rows>(kind: K, id: string, row: Rows[K]): void {
  storage.getStore()?.rows[kind].set(id, row);
}

/** Takes a row; undefined if it was not passed on, or has been taken. */
export function takeKnown<K extends keyof Rows>(
  kind: K,
  id: string,
): { readonly row: Rows[K] | undefined } | undefined {
  const rows: Map<string, Rows[K]> | undefined = storage.getStore()?.rows[kind];
  const row = rows?.get(id);
  return rows?.delete(id) ? { row } : undefined;
}

/** Notes the client of the request, if it may have no row yet. */
export function noteCandidate(details: Candidate, found: FoundClient): void {
  const known = storage.getStore();
  if (known !== undefined) {
    known.candidate = { details, found };
  }
}

/** Returns the details of the client as the user sees them, if this request is about it. */
export function knownCandidate(clientId: string): Candidate | undefined {
  const candidate = storage.getStore()?.candidate;
  return candidate?.details.clientId === clientId ? candidate.details : undefined;
}

/** Returns the client with those details, if this request is about it. */
export function candidateClient(clientId: string): FoundClient | undefined {
  const candidate = storage.getStore()?.candidate;
  return candidate?.details.clientId === clientId ? candidate.found : undefined;
}

/** Notes the stored state of a session, or that it is not known any more. */
export function noteSession(id: string, row: FoundSession | undefined): void {
  const known = storage.getStore();
  if (known !== undefined) {
    known.session = row && { id, row };
  }
}

/** Returns the stored state of a session, if it is known. */
export function storedSession(id: string): FoundSession | undefined {
  const session = storage.getStore()?.session;
  return session?.id === id ? session.row : undefined;
}

/** Notes that a row said that the user is active. */
export function noteActiveUser(userId: string): void {
  const known = storage.getStore();
  if (known !== undefined) {
    known.activeUserId = userId;
  }
}

/** Tests if this request has read that the user is active. */
export function isKnownActive(userId: string): boolean {
  return storage.getStore()?.activeUserId === userId;
}
