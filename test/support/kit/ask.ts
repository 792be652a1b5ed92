import assert from 'node:assert/strict';
import type {
  OrganizerRequirement,
  RequestHeaders,
  Requirement,
  ResourceServerOptions,
} from '@stagedoor/resource-server';
import {
  createResourceServer,
  RefusedError,
  type ResourceServer,
} from '@stagedoor/resource-server';
import { type FakeIssuer, TOKEN } from './fake-issuer.ts';

/** Requirement of most test routes. */
export const ORDERS: OrganizerRequirement = {
  organizer: 'redstage',
  permission: { read: 'can_view_orders', write: 'can_change_orders' },
};

/** Creates a kit that uses this server, logs nothing, and has long timeouts for slow machines. */
export function createKit(
  issuer: Pick<FakeIssuer, 'url'>,
  options: Partial<ResourceServerOptions> = {},
): ResourceServer {
  return createResourceServer({
    issuer: issuer.url,
    clientId: 'api',
    clientSecret: 's+ecret',
    timeout: 10_000,
    onUnavailable: () => undefined,
    ...options,
  });
}

/** Returns the header with a token. */
export function bearer(token = TOKEN): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** A request to an API, with the requirement of its route. */
export interface Question {
  readonly method?: string;
  readonly url?: string | undefined;
  readonly headers?: RequestHeaders;
  readonly requirement?: Requirement;
}

/** Response of the API. */
export interface AskAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly challenge: string;
  readonly body: unknown;
}

/** Sends a request to a kit, with headers that `Request` would reject. */
export async function ask(kit: ResourceServer, question: Question = {}): Promise<AskAnswer> {
  const { method = 'GET', url, headers = bearer(), requirement } = question;
  try {
    await kit.verify({ method, url, headers }, requirement);
    return { status: 200, headers: new Headers(), challenge: '', body: {} };
  } catch (error) {
    assert.ok(error instanceof RefusedError, `${error}`);
    const { answer } = error;
    const answered = new Headers(answer.headers);
    return {
      status: answer.status,
      headers: answered,
      challenge: answered.get('www-authenticate') ?? '',
      body: JSON.parse(answer.body),
    };
  }
}

/** Asserts that the request was refused with 503 and Retry-After. */
export function assertUnavailable(answer: AskAnswer): void {
  assert.equal(answer.status, 503);
  assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  assert.equal(answer.challenge, '');
  assert.deepEqual(answer.body, {
    detail: 'Access tokens cannot be verified at the moment. Please try again.',
  });
}
