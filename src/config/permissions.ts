import { z } from 'zod';
import { type LocalizedText, localizedText } from '../lib/localized-text.ts';
import { parseJson } from '../lib/parse-json.ts';
import { words } from './variables.ts';

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
  PERMISSION_TEXTS: permissionTexts = new Map<string, LocalizedText>(),
}: {
  readonly PERMISSIONS?: readonly string[] | undefined;
  readonly PERMISSION_TEXTS?: ReadonlyMap<string, LocalizedText> | undefined;
} = {}) {
  const read = words.map((word) => ({ name: withoutMark(word), marked: word.endsWith(MARK) }));
  return {
    /** The permissions that teams may carry, in the order in which they are listed. */
    permissions: [...new Set(read.map(({ name }) => name))],
    /** Those that hold at the organizer, whatever the events of the team are. */
    organizerPermissions: new Set(read.filter(({ marked }) => marked).map(({ name }) => name)),
    /** Continuations of "You can …" that the consent page shows; others are made from the name. */
    permissionTexts,
  };
}

/** Returns the permissions as `PERMISSIONS` lists them: with the mark of organizer-level ones. */
export function markedPermissions({
  permissions,
  organizerPermissions,
}: ReturnType<typeof permissionSettings>): string[] {
  return permissions.map((name) => (organizerPermissions.has(name) ? `${name}${MARK}` : name));
}

function withoutMark(word: string): string {
  return word.endsWith(MARK) ? word.slice(0, -MARK.length) : word;
}
