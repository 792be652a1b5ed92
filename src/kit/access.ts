/** Access of a verified token at this moment. Immutable. */
export interface Access {
  /** The user's id. */
  readonly sub: string;
  /** The application that acts for the user. */
  readonly clientId: string;
  readonly scopes: readonly string[];
  /**
   * Slugs of the organizers that the token opens: those that the user picked and of which the user
   * is a member now. A list across organizers shows these and no others.
   *
   * ```ts
   * const events = await db.events.find({ organizer: { in: access.organizers } });
   * ```
   */
  readonly organizers: readonly string[];
  /** Slug to the user's permissions there. The object has no prototype. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  /**
   * Handle of the authorization that the token belongs to, for logs: all tokens of one authorization
   * have the same, and it opens nothing. Undefined if the server does not say it.
   */
  readonly grant?: string | undefined;
  /** Seconds since 1970. */
  readonly issuedAt: number | undefined;
  /** Seconds since 1970. */
  readonly expiresAt: number | undefined;
  /** The user's permissions at an organizer; none where the token does not open it. */
  permissionsAt(organizer: string): readonly string[];
  /**
   * The organizers at which the user has this permission: for lists of what needs one.
   *
   * ```ts
   * const orders = await db.orders.find({ organizer: { in: access.organizersWith('can_view_orders') } });
   * ```
   */
  organizersWith(permission: string): readonly string[];
  /** Tests if the token opens this organizer. */
  opens(organizer: string): boolean;
  /** Tests if the token opens this organizer and the user has this permission there. */
  can(organizer: string, permission: string): boolean;
}

/** The plain facts of an {@link Access}. */
export type AccessFacts = Pick<
  Access,
  'sub' | 'clientId' | 'scopes' | 'organizers' | 'permissions' | 'grant' | 'issuedAt' | 'expiresAt'
>;

/** Freezes the facts: requests share them, and none may widen what another one sees. */
export function createAccess(facts: AccessFacts): Access {
  const scopes = Object.freeze([...facts.scopes]);
  const organizers = Object.freeze([...facts.organizers]);
  const bySlug = new Map<string, readonly string[]>(
    Object.entries(facts.permissions).map(([slug, names]) => [slug, Object.freeze([...names])]),
  );
  // Without a prototype: an organizer may be called `constructor`.
  const permissions: AccessFacts['permissions'] = Object.freeze(
    Object.setPrototypeOf(Object.fromEntries(bySlug), null),
  );
  const opens = (organizer: string) => organizers.includes(organizer);
  const permissionsAt = (organizer: string): readonly string[] =>
    opens(organizer) ? (bySlug.get(organizer) ?? []) : [];
  const can = (organizer: string, permission: string) =>
    permissionsAt(organizer).includes(permission);
  const organizersWith = (permission: string) =>
    organizers.filter((organizer) => can(organizer, permission));
  return Object.freeze({
    ...facts,
    scopes,
    organizers,
    permissions,
    permissionsAt,
    organizersWith,
    opens,
    can,
  });
}
