import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Vector, VectorProof, Vectors } from './vectors.ts';

const names = z.array(z.string());
const lists = z.record(z.string(), names);
const seconds = z.number().optional();
const live = z.looseObject({
  active: z.literal(true),
  sub: z.string().min(1),
  client_id: z.string().min(1),
  scope: z.string().default(''),
  iss: z.enum(['{issuer}', '{issuer}/']).optional(),
  token_type: z.string().default('Bearer'),
  cnf: z.looseObject({ jkt: z.string().min(1).optional() }).optional(),
  organizers: names.default([]),
  permissions: lists.default({}),
  event_permissions: z.record(z.string(), lists).default({}),
  grant: z.string().min(1).optional(),
  ...{ exp: seconds, iat: seconds, expires_in: seconds },
});
type Live = z.infer<typeof live>;

/** Seconds that the clock of an application may differ. */
const WINDOW = 60;

/**
 * Decides a case by the rules of the guide for API services, without the code of the kit.
 * @param thumbprints thumbprint by the name of the key
 */
export function decide(
  vectors: Vectors,
  { dpop, answer, requirement, request }: Vector,
  thumbprints: ReadonlyMap<string, string>,
): string {
  const [header, ...more] = request.authorization;
  const [, scheme = '', token = ''] = /^(\w+) (.*)$/.exec(header ?? '') ?? [];
  const kind = scheme.toLowerCase();
  if (more.length > 0) {
    return 'token_invalid';
  }
  if (token.trim() === '' || (kind !== 'bearer' && !(dpop && kind === 'dpop'))) {
    return 'token_missing';
  }
  if (token.trim() !== vectors.token) {
    return 'token_invalid';
  }
  const [proof, ...others] = kind === 'dpop' ? request.proofs : [];
  if (kind === 'dpop' && (others.length > 0 || !isGood(vectors, request, proof))) {
    return 'proof_invalid';
  }
  const told = readLive(vectors, answer);
  if (typeof told === 'string') {
    return told;
  }
  const bound = told.cnf === undefined ? [] : Object.keys(told.cnf);
  const known =
    told.cnf === undefined ? told.token_type.toLowerCase() === 'bearer' : bound.join() === 'jkt';
  if (!known || told.cnf?.jkt !== (proof && thumbprints.get(proof.key))) {
    return 'token_invalid';
  }
  return decideAccess(
    told,
    JSON.parse(JSON.stringify(bodyOf(vectors, answer))),
    requirement,
    request.method,
  );
}

function isGood({ api, token }: Vectors, request: Vector['request'], proof?: VectorProof): boolean {
  const [path = ''] = request.url.split('?');
  const [htu] = (proof?.htu ?? '').split(/[?#]/);
  return (
    proof !== undefined &&
    (proof.typ ?? 'dpop+jwt') === 'dpop+jwt' &&
    proof.htm === request.method &&
    htu === api + path &&
    proof.ath === createHash('sha256').update(token).digest('base64url') &&
    Math.abs(proof.age ?? 0) <= WINDOW
  );
}

function bodyOf({ answers }: Vectors, name: string | null): unknown {
  const answer = new Map(Object.entries(answers)).get(name ?? '');
  if (answer === undefined) {
    throw new Error(`There is no answer ${name}, but the service has to ask.`);
  }
  if (answer.status !== 200 || answer.type !== 'application/json') {
    return undefined;
  }
  return answer.text === undefined ? answer.body : undefined;
}

function readLive(vectors: Vectors, name: string | null): Live | 'token_invalid' | 'unavailable' {
  const body = bodyOf(vectors, name);
  if (z.looseObject({ active: z.literal(false) }).safeParse(body).success) {
    return 'token_invalid';
  }
  return live.safeParse(body).data ?? 'unavailable';
}

/** @param raw the same answer as it was sent: zod leaves out the key `__proto__` */
function decideAccess(
  { scope, organizers }: Live,
  raw: unknown,
  requirement: Vector['requirement'],
  method: string,
): string {
  const kind = ['GET', 'HEAD', 'OPTIONS'].includes(method) ? 'read' : 'write';
  const granted = scope.split(' ');
  const accepted = 'scopes' in requirement ? (requirement.scopes ?? [kind]) : [kind];
  if (!accepted.some((one) => granted.includes(one))) {
    return 'scope_missing';
  }
  if (requirement.organizer === null) {
    return 'accept';
  }
  const { organizer, permission, event } = requirement;
  if (!organizers.includes(organizer)) {
    return 'organizer_closed';
  }
  if (permission === undefined) {
    return 'accept';
  }
  const needed = typeof permission === 'string' ? permission : permission[kind];
  const general = at(raw, 'permissions', organizer);
  const special = event === undefined ? undefined : at(raw, 'event_permissions', organizer, event);
  const has = [general, special].some((list) => names.safeParse(list).data?.includes(needed));
  return has ? 'accept' : 'permission_missing';
}

/** Follows own properties only. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, key) => new Map(Object.entries(Object(inner))).get(key), value);
}
