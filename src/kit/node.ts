import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from './access.ts';
import { RefusedError } from './refusal.ts';
import type { Requirement } from './requirement.ts';
import type { ResourceServer } from './resource-server.ts';
import type { VerifiableRequest } from './verifiable-request.ts';

/**
 * Lets a request of `node:http` in, or answers it: `undefined` means that the refusal was sent.
 *
 * ```ts
 * const access = await admit(resourceServer, request, response, { organizer, permission });
 * if (!access) return;
 * ```
 */
export async function admit(
  resourceServer: ResourceServer,
  request: IncomingMessage,
  response: ServerResponse,
  requirement: Requirement,
): Promise<Access | undefined> {
  try {
    return await resourceServer.verify(
      {
        method: request.method ?? '',
        url: request.url,
        headers: headersOf(request),
        source: request,
      },
      requirement,
    );
  } catch (error) {
    if (!(error instanceof RefusedError)) {
      throw error;
    }
    response.writeHead(error.answer.status, error.answer.headers).end(error.answer.body);
    return undefined;
  }
}

/**
 * Serves the metadata of this API (option `metadata`): `true` means that the answer was sent.
 *
 * ```ts
 * if (protectedResource(resourceServer, request, response)) return;
 * ```
 * @see RFC 9728 §3
 */
export function protectedResource(
  resourceServer: ResourceServer,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { method = '', url } = request;
  const answer = resourceServer.metadata({ method, url, headers: headersOf(request) });
  if (answer === undefined) {
    return false;
  }
  response.writeHead(answer.status, answer.headers).end(answer.body);
  return true;
}

/** A request of `node:http`, or an equivalent: those of HTTP/2 and injected ones have less. */
export interface IncomingHeaders {
  readonly headers: IncomingMessage['headers'];
  readonly headersDistinct?: IncomingMessage['headersDistinct'];
}

/** `headers` would hide a second Authorization header. */
export function headersOf(request: IncomingHeaders): VerifiableRequest['headers'] {
  return request.headersDistinct ?? request.headers;
}
