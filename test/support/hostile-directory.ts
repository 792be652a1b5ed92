import { importAll } from './bulk.ts';
import type { ManagedServer } from './platform.ts';

/** Names of properties that every plain object inherits. A slug can be any of these. */
export const INHERITED = ['constructor', 'hasOwnProperty', 'toString', 'valueOf'] as const;

/**
 * Like {@link INHERITED}, for names that can begin with an underscore: ids, permissions, scopes.
 */
export const INHERITED_OR_PROTO = ['__proto__', ...INHERITED] as const;

interface HostileOptions {
  readonly members?: readonly string[];
  readonly permissions?: readonly string[];
}

/** Provisions the users, organizers and teams of `hostileLines`. */
export async function putHostileDirectory(
  server: ManagedServer,
  options: HostileOptions = {},
): Promise<void> {
  await importAll(server, hostileLines(options));
}

/**
 * Returns import lines for users, organizers and teams with names of inherited properties. Each of
 * these users is in two teams of each of these organizers.
 */
export function hostileLines(options: HostileOptions = {}): object[] {
  const members = [...INHERITED_OR_PROTO, ...(options.members ?? [])];
  const users = INHERITED_OR_PROTO.map((id) => ({ user: { id, email: `${id}@example.org` } }));
  const organizers = INHERITED.flatMap((slug) => [
    { organizer: { slug, name: slug } },
    { team: { organizer: slug, id: slug, name: slug, permissions: ['can_view_orders'], members } },
    {
      team: {
        organizer: slug,
        id: '__proto__',
        name: '__proto__',
        permissions: options.permissions ?? ['can_change_orders'],
        members,
      },
    },
  ]);
  return [...users, ...organizers];
}
