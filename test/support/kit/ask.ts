import assert from 'node:assert/strict';
import type {
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

/** What most routes of a test need. */
export const ORDERS: Requirement = {
  organizer: 'redstage',
  permission: { read: 'can_view_orders', write: 'can_change_orders' },
};

/** A kit that asks this server, and keeps quiet. It is patient: the machine may be slow. */
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

/** The header that carries a token. */
export function bearer(token = TOKEN): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** A request to an API, and what its route needs. */
export interface Question {
  readonly method?: string;
  readonly url?: string | undefined;
  readonly headers?: RequestHeaders;
  readonly requirement?: Requirement;
}

/** What the API answers. */
export interface AskAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly challenge: string;
  readonly body: unknown;
}

/** Asks a kit, with headers that `Request` would refuse by itself. */
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

/** The request is not let in, and told when to come again. */
export function assertUnavailable(answer: AskAnswer): void {
  assert.equal(answer.status, 503);
  assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  assert.equal(answer.challenge, '');
  assert.deepEqual(answer.body, {
    detail: 'Access tokens cannot be verified at the moment. Please try again.',
  });
}
