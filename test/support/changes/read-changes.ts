import { hash } from 'node:crypto';
import { z } from 'zod';
import type { ClientCredentials, Issuer } from '../platform.ts';
import { basic, introspect } from '../tokens.ts';

const answer = z.strictObject({
  changes: z.array(z.string()),
  cursor: z.string(),
  age_ms: z.int().min(0).max(999),
});

/** An answer of the changes feed. */
export type ChangesAnswer = z.infer<typeof answer>;

/** Requests the changes after a cursor; returns every response. */
export function fetchChanges(
  server: Issuer,
  { clientId, clientSecret = '' }: ClientCredentials,
  after?: string,
): Promise<Response> {
  const url = new URL('/api/v1/oauth/changes', server.issuer);
  if (after !== undefined) {
    url.searchParams.set('after', after);
  }
  return fetch(url, { headers: { authorization: basic(clientId, clientSecret) } });
}

/** Reads the changes after a cursor. */
export async function readChanges(
  server: Issuer,
  caller: ClientCredentials,
  after?: string,
): Promise<ChangesAnswer> {
  const response = await fetchChanges(server, caller, after);
  const text = await response.text();
  if (response.status !== 200) {
    throw new Error(`changes: ${response.status} ${text}`);
  }
  return answer.parse(JSON.parse(text));
}

const facts = z.looseObject({
  grant: z.string(),
  sub: z.string(),
  client_id: z.string(),
  organizers: z.array(z.string()),
});

/** Returns the changes of which each one removes this token's answer from a cache. */
export async function keysOf(
  server: Issuer,
  caller: ClientCredentials,
  token: string,
): Promise<ReadonlySet<string>> {
  const { grant, sub, client_id, organizers } = facts.parse(
    (await introspect(server, caller, token)).body,
  );
  return new Set([
    `token:${hash('sha256', token, 'hex')}`,
    `grant:${grant}`,
    `user:${sub}`,
    `application:${client_id}`,
    ...organizers.map((slug) => `organizer:${slug}`),
    'all',
  ]);
}
