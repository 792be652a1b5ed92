import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from './access.ts';
import { RefusedError } from './refusal.ts';
import type { Requirement } from './requirement.ts';
import type { ResourceServer } from './resource-server.ts';

/**
 * Lets a request of `node:http` in, or answers it: `undefined` means that the refusal was sent.
 *
 * ```ts
 * const access = await admit(resourceServer, request, response, { organizer });
 * if (!access) return;
 * ```
 */
export async function admit(
  resourceServer: ResourceServer,
  request: IncomingMessage,
  response: ServerResponse,
  requirement?: Requirement,
): Promise<Access | undefined> {
  try {
    return await resourceServer.verify(
      // `headers` would hide a second Authorization header.
      { method: request.method ?? '', headers: request.headersDistinct },
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
