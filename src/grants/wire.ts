import { z } from 'zod';
import { component } from '../api/endpoint.ts';
import { time } from '../api/fields.ts';
import { filter, flag, ordering } from '../api/query.ts';
import { isSlug } from '../directory/organizer.ts';
import { isClientId } from '../lib/client-id.ts';
import { isDirectoryId } from '../users/user.ts';
import { REVOCATION_REASONS } from './grant.ts';
import type { ManagedGrant } from './management-store.ts';

/** Query of `GET /grants/`. */
export const grantQuery = z.object({
  user: filter(isDirectoryId, 'Not a user ID.', 'Only those of this user.'),
  application: filter(
    isClientId,
    'Not a client ID.',
    'Only grants of this application (client ID).',
  ),
  organizer: filter(isSlug, 'Not the slug of an organizer.', 'Only those for this organizer.'),
  active: flag('Only those that are neither revoked nor past their end, or only the others.'),
  ordering: ordering(['created_at'], '-created_at'),
});

/** A grant in API answers. */
export const grantAnswer = component(
  'Grant',
  z.object({
    id: z.string(),
    user: z.string().describe('ID of the user.'),
    application: z.string().describe('Client ID of the application.'),
    scopes: z.array(z.string()),
    organizers: z.array(z.string()).describe('Slugs of the organizers that the user chose.'),
    resources: z
      .array(z.string())
      .describe('URIs of the only APIs that its tokens can be for; empty if it is not limited.'),
    created_at: time,
    last_used_at: time.nullable().describe('Time of the last token request.'),
    last_used_ip: z.string().nullable().describe("Usually the application's server."),
    expires_at: time.describe('Expiry if it is not used before.'),
    ends_at: time.nullable().describe('End date set by the user.'),
    revoked_at: time.nullable(),
    revocation_reason: z.enum(REVOCATION_REASONS).nullable(),
  }),
  {
    id: 'tQ2xN8vLzR5mKc7YwB3hJd',
    user: 'ada',
    application: 'pK3vTq7ZyWc5Nf2XbG8dRm4L',
    scopes: ['read'],
    organizers: ['oldmill'],
    resources: ['https://api.example.com/orders'],
    created_at: '2026-11-02T09:30:00.000Z',
    last_used_at: '2026-11-20T17:05:12.000Z',
    last_used_ip: '192.0.2.80',
    expires_at: '2027-02-18T17:05:12.000Z',
    ends_at: null,
    revoked_at: null,
    revocation_reason: null,
  },
);

/** The same after it was revoked. */
export const revokedGrant = component(
  'RevokedGrant',
  grantAnswer.schema.extend({
    detail: z.string().optional().describe('Present if it was already revoked.'),
  }),
  {
    ...grantAnswer.example,
    revoked_at: '2026-11-25T08:00:00.000Z',
    revocation_reason: 'revoked_by_operator',
  },
);

/** A grant as the API answers it. */
export function presentGrant(grant: ManagedGrant): z.infer<typeof grantAnswer.schema> {
  return {
    id: grant.id,
    user: grant.userId,
    application: grant.clientId,
    scopes: [...grant.scopes],
    organizers: [...grant.organizers],
    resources: [...grant.resources],
    created_at: grant.createdAt.toISOString(),
    last_used_at: grant.lastUsedAt?.toISOString() ?? null,
    last_used_ip: grant.lastUsedIp,
    expires_at: grant.expiresAt.toISOString(),
    ends_at: grant.endsAt?.toISOString() ?? null,
    revoked_at: grant.revokedAt?.toISOString() ?? null,
    revocation_reason: grant.revocationReason,
  };
}
