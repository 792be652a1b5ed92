import { z } from 'zod';

/** What a verified token opens at this moment. Times are seconds since 1970. */
export interface Access {
  /** The user's id. */
  readonly sub: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Slugs of the organizers that the token opens. */
  readonly organizers: readonly string[];
  /** Slug to the user's permissions there. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  readonly issuedAt: number | undefined;
  readonly expiresAt: number | undefined;
  /** The user's permissions at an organizer; none where the token does not open it. */
  permissionsAt(organizer: string): readonly string[];
  /** Whether the token opens this organizer at all. */
  opens(organizer: string): boolean;
  /** Whether the token opens this organizer and the user has this permission there. */
  can(organizer: string, permission: string): boolean;
}

/** What an introspection answer says about a token. */
export type Reading =
  | { readonly outcome: 'inactive' }
  | { readonly outcome: 'active'; readonly access: Access };

const answer = z.discriminatedUnion('active', [
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    sub: z.string().min(1),
    client_id: z.string().min(1),
    scope: z.string().default(''),
    token_type: z.string().optional(),
    cnf: z.unknown().optional(),
    iss: z.string().optional(),
    iat: z.number().optional(),
    exp: z.number().optional(),
    organizers: z.array(z.string()).default([]),
    permissions: z.record(z.string(), z.array(z.string())).default({}),
  }),
]);

/**
 * Reads the JSON of an introspection answer.
 * @see RFC 7662 §2.2
 * @throws Error when it is not one, or one of another issuer: nothing may be concluded from it
 */
export function readAnswer(issuer: string, json: unknown): Reading {
  const read = answer.parse(json);
  if (!read.active) {
    return { outcome: 'inactive' };
  }
  if (read.iss !== undefined && withoutSlash(read.iss) !== withoutSlash(issuer)) {
    throw new Error('The introspection answer names another issuer.');
  }
  // A token that is bound to a key is worth nothing as a bearer token (RFC 9449 §7.2).
  if (read.cnf !== undefined || (read.token_type ?? 'Bearer').toLowerCase() !== 'bearer') {
    return { outcome: 'inactive' };
  }
  return { outcome: 'active', access: toAccess(read) };
}

function toAccess(read: Extract<z.infer<typeof answer>, { active: true }>): Access {
  const { organizers, permissions } = read;
  const permissionsAt = (organizer: string): readonly string[] =>
    // An organizer may be called `constructor`.
    organizers.includes(organizer) && Object.hasOwn(permissions, organizer)
      ? (permissions[organizer] ?? [])
      : [];
  return {
    sub: read.sub,
    clientId: read.client_id,
    scopes: read.scope.split(' ').filter((scope) => scope !== ''),
    organizers,
    permissions,
    issuedAt: read.iat,
    expiresAt: read.exp,
    permissionsAt,
    opens: (organizer) => organizers.includes(organizer),
    can: (organizer, permission) => permissionsAt(organizer).includes(permission),
  };
}

function withoutSlash(issuer: string): string {
  return issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
}
