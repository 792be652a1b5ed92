import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const permission = z.union([z.string(), z.strictObject({ read: z.string(), write: z.string() })]);
const proof = z.strictObject({
  key: z.string(),
  typ: z.string().optional(),
  htm: z.string().optional(),
  htu: z.string().optional(),
  ath: z.string().optional(),
  age: z.number().optional(),
});
const params = z.record(z.string(), z.string());
const vector = z.strictObject({
  name: z.string(),
  dpop: z.boolean().default(false),
  answer: z.string().nullable(),
  requirement: z.union([
    z.strictObject({ organizer: z.null(), scopes: z.array(z.string()).exactOptional() }),
    z.strictObject({
      organizer: z.string(),
      permission: permission.exactOptional(),
      event: z.string().exactOptional(),
    }),
  ]),
  request: z.strictObject({
    method: z.string(),
    url: z.string(),
    authorization: z.array(z.string()),
    proofs: z.array(proof).default([]),
  }),
  expect: z.strictObject({
    decision: z.string(),
    status: z.number(),
    challenge: z.record(z.string(), params).optional(),
  }),
});
const answer = z.object({
  status: z.number(),
  type: z.string(),
  body: z.unknown().optional(),
  text: z.string().optional(),
});
const jwk = z.record(z.string(), z.string());
const file = z.strictObject({
  version: z.literal(1),
  token: z.string(),
  api: z.string(),
  keys: z.record(z.string(), jwk),
  answers: z.record(z.string(), answer),
  cases: z.array(vector),
});

/** A case of the conformance vectors. */
export type Vector = z.infer<typeof vector>;
export type VectorProof = z.infer<typeof proof>;
/** The conformance vectors of the kit's package. */
export type Vectors = z.infer<typeof file>;

/** Reads the vectors out of the package of the kit: the packed one, if the hook for it is set. */
export function readVectors(): Vectors {
  const url = import.meta.resolve('@stagedoor/resource-server/conformance/vectors.json');
  return file.parse(JSON.parse(readFileSync(fileURLToPath(url), 'utf8')));
}
