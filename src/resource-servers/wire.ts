import { z } from 'zod';
import { component } from '../api/endpoint.ts';
import { line, moment, time } from '../api/fields.ts';
import { ordering } from '../api/query.ts';
import { clientName } from '../applications/wire.ts';
import { type ClientSecret, LABEL_LIMIT } from '../client-secrets/client-secret.ts';
import { resourceKey } from '../lib/resource-uri.ts';
import type { ResourceServer } from './resource-server.ts';

const server = {
  client_id: 'Jw8kQ2nVxYb4Rz6LmT1cHs9D',
  name: 'Orders API',
  resources: ['https://api.example.com/orders'],
  require_audience: true,
  created_at: '2026-11-02T09:30:00.000Z',
};
const serverSecret = {
  id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  label: 'Orders API, second half of 2026',
  last_four: 'k4Tz',
  created_at: '2026-11-02T09:30:00.000Z',
  expires_at: '2027-06-30T22:00:00.000Z',
  last_used_at: null,
};

/** Examples for the description of the API. */
export const EXAMPLES = {
  resourceServerBody: {
    name: server.name,
    resources: server.resources,
    require_audience: server.require_audience,
  },
  resourceServerChanges: { require_audience: true },
  resourceServer: server,
  serverSecretBody: { label: serverSecret.label, expires_at: serverSecret.expires_at },
  serverSecret,
  addedServerSecret: { ...serverSecret, client_id: server.client_id, client_secret: 'sds_…' },
  registeredResourceServer: { ...server, client_secret: 'sds_…' },
};

/** Most resources of one server. */
const RESOURCE_LIMIT = 50;

const resources = z
  .array(
    z
      .string()
      .trim()
      .refine((uri) => resourceKey(uri) !== undefined, 'Not an absolute URI without fragment.'),
  )
  .max(RESOURCE_LIMIT)
  .refine(
    (uris) => new Set(uris.map(resourceKey)).size === uris.length,
    'A resource is listed twice.',
  )
  .describe(
    'Absolute URIs without fragment, each of one resource server only. An application names one as `resource` (RFC 8707) to get tokens that are active for this server only.',
  );
const requireAudience = z
  .boolean()
  .describe('Tokens that were requested without `resource` are inactive for this server.');

/** Body of `POST /resource-servers/`. */
export const resourceServerBody = component(
  'ResourceServerBody',
  z.object({
    name: clientName,
    resources: resources.default([]),
    require_audience: requireAudience.default(false),
  }),
  EXAMPLES.resourceServerBody,
);

/** Body of `PATCH /resource-servers/{client_id}/`. */
export const resourceServerChanges = component(
  'ResourceServerChanges',
  z.object({ name: clientName, resources, require_audience: requireAudience }).partial(),
  EXAMPLES.resourceServerChanges,
);

/** Body of `POST /resource-servers/{client_id}/secrets/`. */
export const serverSecretBody = component(
  'ResourceServerSecretBody',
  z.object({
    label: line(LABEL_LIMIT).default('').describe('Label to recognize the secret.'),
    expires_at: moment.nullable().default(null).describe('Null: never.'),
  }),
  EXAMPLES.serverSecretBody,
);

/** Query of `GET /resource-servers/`. */
export const resourceServerQuery = z.object({
  ordering: ordering(['created_at'], 'created_at'),
});

const secret = 'Shown only once.';

/** A resource server in responses. */
export const resourceServerAnswer = component(
  'ResourceServer',
  z.object({
    client_id: z.string(),
    name: z.string(),
    resources: z.array(z.string()),
    require_audience: z.boolean(),
    created_at: time,
  }),
  EXAMPLES.resourceServer,
);

/** A registered resource server with its first secret. */
export const registeredResourceServer = component(
  'RegisteredResourceServer',
  resourceServerAnswer.schema.extend({ client_secret: z.string().describe(secret) }),
  EXAMPLES.registeredResourceServer,
);

/** A secret of a resource server in responses, without its value. */
export const serverSecretAnswer = component(
  'ResourceServerSecret',
  z.object({
    id: z.string(),
    label: z.string(),
    last_four: z
      .string()
      .nullable()
      .describe('The last four characters of the secret. Null for old secrets.'),
    created_at: time,
    expires_at: time.nullable().describe('Null: never.'),
    last_used_at: time.nullable().describe('Precise to the minute.'),
  }),
  EXAMPLES.serverSecret,
);

/** An added secret with its value. */
export const addedServerSecret = component(
  'AddedResourceServerSecret',
  serverSecretAnswer.schema.extend({
    client_id: z.string(),
    client_secret: z.string().describe(secret),
  }),
  EXAMPLES.addedServerSecret,
);

export function presentResourceServer({
  clientId,
  name,
  resources,
  requireAudience,
  createdAt,
}: ResourceServer): z.infer<typeof resourceServerAnswer.schema> {
  return {
    client_id: clientId,
    name,
    resources: [...resources],
    require_audience: requireAudience,
    created_at: createdAt.toISOString(),
  };
}

/** Presents a secret, without its value. */
export function presentServerSecret(one: ClientSecret): z.infer<typeof serverSecretAnswer.schema> {
  return {
    id: one.id,
    label: one.label,
    last_four: one.lastFour,
    created_at: one.createdAt.toISOString(),
    expires_at: one.expiresAt?.toISOString() ?? null,
    last_used_at: one.lastUsedAt?.toISOString() ?? null,
  };
}
