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
