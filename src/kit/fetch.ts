import type { Access } from './access.ts';
import { RefusedError } from './refusal.ts';
import type { Requirement } from './requirement.ts';
import type { ResourceServer } from './resource-server.ts';

/** Result for a request: its access, or the answer to send. */
export type Decision =
  | { readonly access: Access; readonly response?: undefined }
  | { readonly access?: undefined; readonly response: Response };

/**
 * Decides on a `Request` of the fetch API.
 *
 * ```ts
 * const { access, response } = await decide(resourceServer, request, { organizer, permission });
 * if (response) return response;
 * ```
 */
export async function decide(
  resourceServer: ResourceServer,
  request: Request,
  requirement: Requirement,
): Promise<Decision> {
  try {
    return { access: await resourceServer.verify(request, requirement) };
  } catch (error) {
    if (!(error instanceof RefusedError)) {
      throw error;
    }
    const { status, headers, body } = error.answer;
    return { response: new Response(body, { status, headers }) };
  }
}

/**
 * Serves the metadata of this API (option `metadata`); undefined for every other request.
 *
 * ```ts
 * const metadata = protectedResource(resourceServer, request);
 * if (metadata) return metadata;
 * ```
 * @see RFC 9728 §3
 */
export function protectedResource(
  resourceServer: ResourceServer,
  request: Request,
): Response | undefined {
  const answer = resourceServer.metadata(request);
  if (answer === undefined) {
    return undefined;
  }
  const { status, headers, body } = answer;
  return new Response(body === '' ? null : body, { status, headers });
}
