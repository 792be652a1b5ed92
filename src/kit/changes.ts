import { ClientSecretBasic } from 'oauth4webapi';
import { object, text, texts } from './answer.ts';
import { assertAnswer } from './assert-answer.ts';
import type { IntrospectionSettings } from './introspection.ts';
import { explain } from './unavailable.ts';

/** Changes at the authorization server. */
export interface Changes {
  /** `grant:…`, `user:…`, `application:…`, `organizer:…`, `token:…` or `all`. */
  readonly changes: readonly string[];
  readonly cursor: string;
  /** Milliseconds from before the server read them to when it sent them. */
  readonly age: number;
}

/**
 * Reads the changes after a cursor; without one, all has changed.
 * @throws UnavailableError when there was no usable answer
 */
export type ReadChanges = (after: string) => Promise<Changes>;

/** Milliseconds. The server holds a request for a quarter of a second. */
const TIMEOUT = 1_000;
const ADVICE = 'the server is older than this kit, or a proxy hides its changes endpoint.';

/** Prepares reading the changes feed, which is beside the introspection endpoint. */
export function createReadChanges(settings: IntrospectionSettings): ReadChanges {
  return async (after) => {
    const signal = AbortSignal.timeout(TIMEOUT);
    const server = await settings.findServer(signal);
    const url = new URL('changes', server.introspection_endpoint);
    url.searchParams.set('after', after);
    try {
      return await request(settings, url, server.issuer, signal);
    } catch (error) {
      throw explain(error, url.origin + url.pathname);
    }
  };
}

async function request(
  { clientId, clientSecret }: IntrospectionSettings,
  url: URL,
  issuer: string,
  signal: AbortSignal,
): Promise<Changes> {
  const headers = new Headers({ accept: 'application/json' });
  const authenticate = ClientSecretBasic(clientSecret);
  authenticate({ issuer }, { client_id: clientId }, new URLSearchParams(), headers);
  const response = await fetch(url, { headers, signal, redirect: 'manual' });
  const shown = url.origin + url.pathname;
  await assertAnswer(response, { url: shown, type: 'application/json', advice: ADVICE });
  return readChanges(await response.json());
}

function readChanges(json: unknown): Changes {
  const { changes, cursor, age_ms: age } = object('the answer', json);
  if (typeof age !== 'number' || !(age >= 0)) {
    throw new Error('age_ms is not a number');
  }
  return { changes: texts('changes', changes), cursor: text('cursor', cursor), age };
}
