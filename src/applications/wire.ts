import { z } from 'zod';
import { filledLine, isUnprintable, lines, subsetOf } from '../api/fields.ts';
import { isDirectoryId } from '../directory/user.ts';
import { type Application, applicationState } from './application.ts';
import type { ResourceServer } from './resource-server.ts';

/** Embeddings, overrides and isolates: with them a name can be made to read as another one. */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/;
/** Letters, digits, signs: not only invisible characters. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
const URL_LIMIT = 2000;

const name = filledLine(255)
  .refine((value) => !BIDI_CONTROLS.test(value), 'Bidirectional controls are not allowed.')
  .refine((value) => VISIBLE.test(value), 'There is nothing to be seen in it.')
  .refine((value) => !/[\u2028\u2029]/.test(value), 'It has to be one line.');

const link = z
  .string()
  .trim()
  .max(URL_LIMIT, { abort: true })
  .refine(
    (value) => value === '' || isLink(value),
    'Enter a URL that begins with https:// or http://.',
  )
  .transform((value) => (value === '' ? null : value))
  .nullable();

function isLink(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null &&
    /^https?:\/\/[^/]/i.test(value) &&
    url.username === '' &&
    url.password === '' &&
    !isUnprintable(value) &&
    !/[\s\\]/.test(value)
  );
}

function fields(scopes: readonly string[]) {
  return {
    owner: z.string().refine(isDirectoryId, 'Not the id of a user.').nullable(),
    name,
    description: lines(2000).refine(
      (value) => !BIDI_CONTROLS.test(value),
      'Bidirectional controls are not allowed.',
    ),
    homepage_url: link,
    privacy_policy_url: link,
    terms_url: link,
    client_type: z.enum(['confidential', 'public']),
    redirect_uris: z.array(z.string()).min(1),
    scopes: subsetOf(scopes),
    require_pkce: z.boolean(),
    is_active: z.boolean(),
  };
}

/** Body of `POST /applications/`; `scopes` are the names that there are. */
export function applicationBody(scopes: readonly string[]) {
  const all = fields(scopes);
  return z
    .object(all)
    .partial()
    .extend({
      name: all.name,
      redirect_uris: all.redirect_uris,
      scopes: all.scopes.default([...scopes]),
    });
}

/** Body of `PATCH /applications/{client_id}/`. */
export function applicationChanges(scopes: readonly string[]) {
  return z.object(fields(scopes)).partial();
}

/** Body of `POST /applications/{client_id}/suspend/`. */
export const suspensionBody = z.object({ reason: lines(2000).default('') });

/** Body of `POST /resource-servers/`. */
export const resourceServerBody = z.object({ name });

/** An application as the API answers it, without its secrets. */
export function presentApplication(application: Application) {
  return {
    client_id: application.clientId,
    owner: application.ownerId,
    name: application.name,
    description: application.description,
    homepage_url: application.homepageUrl,
    privacy_policy_url: application.privacyPolicyUrl,
    terms_url: application.termsUrl,
    client_type: application.clientType,
    redirect_uris: application.redirectUris,
    scopes: application.scopes,
    require_pkce: application.requirePkce,
    is_active: application.isActive,
    state: applicationState(application),
    suspended_at: application.suspendedAt?.toISOString() ?? null,
    suspension_reason: application.suspensionReason,
    reviewed_at: application.reviewedAt?.toISOString() ?? null,
    created_at: application.createdAt.toISOString(),
    updated_at: application.updatedAt.toISOString(),
  };
}

/** A resource server as the API answers it, without its secret. */
export function presentResourceServer({ clientId, name, createdAt }: ResourceServer) {
  return { client_id: clientId, name, created_at: createdAt.toISOString() };
}
