import { z } from 'zod';
import { type ApiDeps, component, type Endpoint } from '../api/endpoint.ts';
import { time } from '../api/fields.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { ordering } from '../api/query.ts';
import { deleteEndpoint, writeEndpoint } from '../api/write-endpoint.ts';
import { LONGEST_KEYS } from '../client-keys/read-keys.ts';
import { type ClientKey, selectKeys } from '../client-keys/store.ts';
import { sliceOf } from '../db/slice.ts';
import { found } from '../lib/errors.ts';
import { addKeys, deleteKey } from './keys.ts';
import { findApplication } from './store.ts';
import { ONE } from './wire.ts';

const JWK = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  kid: 'summer',
  use: 'sig',
};

/** Query of `GET /applications/{client_id}/keys/`. */
const keysQuery = z.object({ ordering: ordering(['created_at'], 'created_at') });

/** Body of `POST /applications/{client_id}/keys/`. */
const keysBody = component(
  'ApplicationKeysBody',
  z.object({
    public_keys: z
      .string()
      .max(LONGEST_KEYS)
      .describe('Public keys as text: PEM, a JWK, or a JWK Set. Private keys are refused.'),
  }),
  { public_keys: JSON.stringify(JWK) },
);

/** A public key in responses. */
export const applicationKey = component(
  'ApplicationKey',
  z.object({
    id: z.string(),
    kid: z.string().describe('Key ID for the header of the JWT.'),
    jwk: z.record(z.string(), z.string()).describe('The public key (RFC 7517).'),
    created_at: time,
    last_used_at: time.nullable().describe('Precise to the minute.'),
    expires_at: time
      .nullable()
      .describe('Set when the application gets another owner. Null: never.'),
  }),
  {
    id: '8d6f1f2e-64a5-4d0b-9a3a-2f6a4f0f3f7b',
    kid: JWK.kid,
    jwk: JWK,
    created_at: '2026-11-27T09:30:00.000Z',
    last_used_at: null,
    expires_at: null,
  },
);

/** Response to added keys. */
const addedKeys = component(
  'AddedApplicationKeys',
  z.object({ keys: z.array(applicationKey.schema) }),
  { keys: [applicationKey.example] },
);

/** Presents a public key. */
function presentKey(key: ClientKey): z.infer<typeof applicationKey.schema> {
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

const KEYS = { ...ONE, path: `${ONE.path}/keys` } as const;

/** `/api/v1/applications/{client_id}/keys/`: rotation without downtime. */
export function keyEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    listEndpoint(deps, {
      ...KEYS,
      id: 'listApplicationKeys',
      summary: 'List the public keys of an application',
      query: keysQuery,
      entry: applicationKey,
      conditional: { by: 'last-modified', list: () => 'application-keys' },
      load: async (tx, { param, query, slice }) => {
        found(await findApplication(tx, param('client_id')));
        const keys = await selectKeys(tx, param('client_id'));
        return sliceOf(keys, slice, query.ordering.direction);
      },
      present: presentKey,
    }),
    writeEndpoint(deps, {
      ...KEYS,
      method: 'post',
      id: 'addApplicationKeys',
      summary: 'Add public keys to an application',
      details:
        'The application authenticates by a JWT that it signs with the private key (`private_key_jwt`, RFC 7523). Existing keys and secrets keep working. To rotate without downtime: add the new key, let the application use it, check `last_used_at` of the old one, and delete it. At most five are valid at a time.',
      body: keysBody,
      answer: addedKeys,
      statuses: { 201: 'The added keys.' },
      run: async ({ tx, actor, param, body }) => {
        const added = await addKeys(tx, actor, param('client_id'), body.public_keys);
        return { status: 201, answer: { keys: added.map(presentKey) } };
      },
    }),
    deleteEndpoint(deps, {
      ...KEYS,
      path: `${KEYS.path}/:id`,
      params: {
        ...KEYS.params,
        id: { description: 'ID of the key', example: applicationKey.example.id },
      },
      id: 'deleteApplicationKey',
      summary: 'Delete a public key of an application',
      details:
        'It stops working immediately. The last key of an application without a secret cannot be deleted.',
      conflicts: true,
      deleted: 'The key was deleted.',
      run: ({ tx, actor, param }) => deleteKey(tx, actor, param('client_id'), param('id')),
    }),
  ];
}
