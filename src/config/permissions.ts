/** Permissions of teams. */
export interface PermissionSettings {
  /** The permissions that teams may carry, in the order in which they are listed. */
  readonly permissions: readonly string[];
  /** Those that hold at the organizer, whatever the events of the team are. */
  readonly organizerPermissions: ReadonlySet<string>;
}

/** Marks an organizer-level permission. */
const MARK = '@organizer';

const DEFAULT = [
  `can_create_events${MARK}`,
  'can_change_event_settings',
  'can_change_product_settings',
  'can_view_orders',
  'can_change_orders',
  'can_view_vouchers',
  'can_change_vouchers',
];

/**
 * Reads the words of `PERMISSIONS`. A list without marks has no organizer-level permission: those of
 * a team for single events then hold for these only.
 */
export function permissionSettings(words: readonly string[] = DEFAULT): PermissionSettings {
  const read = words.map((word) => ({ name: withoutMark(word), marked: word.endsWith(MARK) }));
  return {
    permissions: [...new Set(read.map(({ name }) => name))],
    organizerPermissions: new Set(read.filter(({ marked }) => marked).map(({ name }) => name)),
  };
}

/** Returns the words of `PERMISSIONS`. */
export function permissionWords(settings: PermissionSettings): string[] {
  const { permissions, organizerPermissions } = settings;
  return permissions.map((name) => (organizerPermissions.has(name) ? `${name}${MARK}` : name));
}

function withoutMark(word: string): string {
  return word.endsWith(MARK) ? word.slice(0, -MARK.length) : word;
}
