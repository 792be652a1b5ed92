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
  /** Slug to the user's permissions for all events there. The object has no prototype. */
  readonly permissions: PermissionsBy;
  /**
   * Slug of the organizer to slug of the event to the user's permissions for that event, beyond those
   * for all events. The objects have no prototype.
   */
  readonly eventPermissions: Readonly<Record<string, PermissionsBy>>;
  /**
   * Handle of the authorization that the token belongs to, for logs: all tokens of one authorization
   * have the same, and it opens nothing. Undefined if the server does not say it.
   */
  readonly grant: string | undefined;
  /**
   * URIs of the APIs that the token is for. Empty: it is for no particular one. The
   * authorization server lets no other API service see the token as active.
   */
  readonly audience: readonly string[];
  /** Seconds since 1970. */
  readonly issuedAt: number | undefined;
  /** Seconds since 1970. */
  readonly expiresAt: number | undefined;
  /**
   * The user's permissions for all events of an organizer, or for one event; none if the token does
   * not open the organizer.
   */
  permissionsAt(organizer: string, event?: string): readonly string[];
  /**
   * The organizers at which the user has this permission for all events: for lists of what needs one.
   *
   * ```ts
   * const orders = await db.orders.find({ organizer: { in: access.organizersWith('can_view_orders') } });
   * ```
   */
  organizersWith(permission: string): readonly string[];
  /** Tests if the token opens this organizer. */
  opens(organizer: string): boolean;
  /**
   * The events of an organizer for which the user has this permission: for lists of one organizer.
   *
   * ```ts
   * const events = access.eventsWith('redstage', 'can_view_orders');
   * const orders = await db.orders.find({
   *   organizer: 'redstage',
   *   ...(events === 'all' ? {} : { event: { in: events } }),
   * });
   * ```
   */
  eventsWith(organizer: string, permission: string): 'all' | readonly string[];
  /**
   * Tests if the token opens this organizer and the user has this permission there for the event.
   * Without an event: for all of them.
   */
  can(organizer: string, permission: string, event?: string): boolean;
}

/** Permissions by slug. */
type PermissionsBy = Readonly<Record<string, readonly string[]>>;

/** The plain facts of an {@link Access}. */
export type AccessFacts = Pick<
  Access,
  'sub' | 'clientId' | 'scopes' | 'organizers' | 'permissions' | 'issuedAt' | 'expiresAt'
> &
  Partial<Pick<Access, 'eventPermissions' | 'audience'> & { readonly grant: string | undefined }>;

/** Freezes the facts: requests share them, and none may widen what another one sees. */
export function createAccess(facts: AccessFacts): Access {
  const scopes = Object.freeze([...facts.scopes]);
  const organizers = Object.freeze([...facts.organizers]);
  const bySlug = freezeLists(facts.permissions);
  const byEvent = new Map(
    Object.entries(facts.eventPermissions ?? {}).map(([slug, lists]) => [slug, freezeLists(lists)]),
  );
  const opens = (organizer: string) => organizers.includes(organizer);
  const general = (organizer: string) =>
    opens(organizer) ? (bySlug.get(organizer) ?? NONE) : NONE;
  const special = (organizer: string, event: string) =>
    opens(organizer) ? (byEvent.get(organizer)?.get(event) ?? NONE) : NONE;
  const can = (organizer: string, permission: string, event?: string) =>
    general(organizer).includes(permission) ||
    (event !== undefined && special(organizer, event).includes(permission));
  return Object.freeze({
    ...facts,
    grant: facts.grant,
    audience: Object.freeze([...(facts.audience ?? [])]),
    scopes,
    organizers,
    permissions: withoutPrototype(bySlug),
    eventPermissions: withoutPrototype(
      new Map([...byEvent].map(([slug, lists]) => [slug, withoutPrototype(lists)])),
    ),
    permissionsAt: (organizer: string, event?: string) =>
      event === undefined
        ? general(organizer)
        : Object.freeze([...new Set([...general(organizer), ...special(organizer, event)])]),
    organizersWith: (permission: string) =>
      organizers.filter((organizer) => can(organizer, permission)),
    eventsWith: (organizer: string, permission: string) =>
      can(organizer, permission)
        ? 'all'
        : [...(byEvent.get(organizer)?.keys() ?? [])].filter((event) =>
            can(organizer, permission, event),
          ),
    opens,
    can,
  });
}

const NONE: readonly string[] = Object.freeze([]);

/** Copies lists of names; equal ones, such as those of many events, become one. */
function freezeLists(lists: PermissionsBy): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, readonly string[]>();
  return new Map(
    Object.entries(lists).map(([slug, names]) => {
      const key = JSON.stringify(names);
      const list = known.get(key) ?? Object.freeze([...names]);
      known.set(key, list);
      return [slug, list];
    }),
  );
}

/** An organizer or an event may be called `constructor`. */
function withoutPrototype<T>(map: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  return Object.freeze(Object.setPrototypeOf(Object.fromEntries(map), null));
}
