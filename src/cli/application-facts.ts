import { type Entry, pathTo, quote, type Request } from './management.ts';
import type { Column } from './present.ts';

/** What is shown of one application. */
export const FACTS: readonly Column[] = [
  ['Client id', 'client_id'],
  ['Name', 'name'],
  ['Owner', 'owner'],
  ['State', stateOf],
  ['Version', 'version'],
  ['Reviewed', (entry) => (entry.reviewed_at === null ? 'no' : String(entry.reviewed_at))],
  ['Review needed', (entry) => String(entry.review_needed ?? 'no')],
  ['Type', 'client_type'],
  ['PKCE', (entry) => (entry.require_pkce ? 'required' : 'optional')],
  ['Scopes', (entry) => (Array.isArray(entry.scopes) ? entry.scopes.join(' ') : '-')],
  ['Redirect URIs', 'redirect_uris'],
  ['Homepage', 'homepage_url'],
  ['Privacy policy', 'privacy_policy_url'],
  ['Terms', 'terms_url'],
  ['Description', 'description'],
  ['Registered', 'created_at'],
  ['Changed', 'updated_at'],
];

function stateOf({ state, suspended_at: at, suspension_reason: reason }: Entry): string {
  return at === null ? String(state) : `${state} since ${at}: ${reason}`;
}

/** A call about one application. */
export function applicationRequest(
  method: Request['method'],
  clientId: string,
  body?: object,
  below = '',
): Request {
  const missing = `There is no application with the client id ${quote(clientId)}.`;
  const path = `${pathTo`/applications/${clientId}/`}${below}`;
  return { method, path, missing, ...(body && { body }) };
}
