import { z } from 'zod';
import { type LocalizedText, localizedText } from '../lib/localized-text.ts';
import { parseJson, words } from './variables.ts';

/** Permissions of teams. */
export interface PermissionSettings {
  /** The permissions that teams may carry, in the order in which they are listed. */
  readonly permissions: readonly string[];
  /** Those that hold at the organizer, whatever the events of the team are. */
  readonly organizerPermissions: ReadonlySet<string>;
  /** Continuations of "You can …" that the consent page shows; others are made from the name. */
  readonly permissionTexts: ReadonlyMap<string, LocalizedText>;
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

const EXAMPLE = '{"can_view_orders": {"en": "view orders", "de": "Bestellungen ansehen"}}';

const texts = z.record(z.string(), localizedText, {
  error: `must be a JSON object such as ${EXAMPLE}`,
});

/** The variables that say which permissions there are. */
export const permissionVariables = {
  PERMISSIONS: words.optional(),
  PERMISSION_TEXTS: z
    .string()
    .transform((value, ctx) => {
      const parsed = texts.safeParse(parseJson(value));
      for (const { path, message } of parsed.error?.issues ?? []) {
        ctx.addIssue({ code: 'custom', path: path.map(String), message });
      }
      return new Map(Object.entries(parsed.data ?? {}));
    })
    .optional(),
};

/**
 * Reads the words of `PERMISSIONS`. A list without marks has no organizer-level permission: those of
 * a team for single events then hold for these only.
 */
export function permissionSettings({
  PERMISSIONS: words = DEFAULT,
  PERMISSION_TEXTS: permissionTexts = new Map(),
}: {
  readonly PERMISSIONS?: readonly string[] | undefined;
  readonly PERMISSION_TEXTS?: ReadonlyMap<string, LocalizedText> | undefined;
} = {}): PermissionSettings {
  const read = words.map((word) => ({ name: withoutMark(word), marked: word.endsWith(MARK) }));
  return {
    permissions: [...new Set(read.map(({ name }) => name))],
    organizerPermissions: new Set(read.filter(({ marked }) => marked).map(({ name }) => name)),
    permissionTexts,
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
