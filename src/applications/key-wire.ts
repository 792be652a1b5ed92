import { z } from 'zod';
import { component } from '../api/endpoint.ts';
import { ordering } from '../api/query.ts';
import { LONGEST_KEYS } from '../client-keys/read-keys.ts';
import type { ClientKey } from '../client-keys/store.ts';
import { EXAMPLES } from './wire-examples.ts';

/** Query of `GET /applications/{client_id}/keys/`. */
export const keysQuery = z.object({ ordering: ordering(['created_at'], 'created_at') });

/** Body of `POST /applications/{client_id}/keys/`. */
export const keysBody = component(
  'ApplicationKeysBody',
  z.object({
    public_keys: z
      .string()
      .max(LONGEST_KEYS)
      .describe('Public keys as text: PEM, a JWK, or a JWK Set. Private keys are refused.'),
  }),
  EXAMPLES.keysBody,
);

/** A public key in responses. */
export const applicationKey = component(
  'ApplicationKey',
  z.object({
    id: z.string(),
    kid: z.string().describe('Key ID for the header of the JWT.'),
    jwk: z.record(z.string(), z.string()).describe('The public key (RFC 7517).'),
    created_at: z.string().meta({ format: 'date-time' }),
    last_used_at: z
      .string()
      .meta({ format: 'date-time' })
      .nullable()
      .describe('Precise to the minute.'),
    expires_at: z
      .string()
      .meta({ format: 'date-time' })
      .nullable()
      .describe('Set when the application gets another owner. Null: never.'),
  }),
  EXAMPLES.key,
);

/** Response to added keys. */
export const addedKeys = component(
  'AddedApplicationKeys',
  z.object({ keys: z.array(applicationKey.schema) }),
  { keys: [EXAMPLES.key] },
);

/** Presents a public key. */
export function presentKey(key: ClientKey): z.infer<typeof applicationKey.schema> {
  const { kid, use, ...rest } = key.jwk;
  const members = Object.entries(rest).map(([name, value = '']) => [name, value]);
  return {
    id: key.id,
    kid,
    jwk: { kid, use, ...Object.fromEntries(members) },
    created_at: key.createdAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    expires_at: key.expiresAt?.toISOString() ?? null,
  };
}
