import type { ListedSigningKey } from '../signing-keys/list-signing-keys.ts';
import type { Rotated } from '../signing-keys/rotate-signing-key.ts';
import type { Entry } from './management.ts';
import { createTable } from './present.ts';

/** Prints signing keys as a table. */
export function printKeys(keys: readonly ListedSigningKey[]): string {
  if (keys.length === 0) {
    return 'There are no signing keys: the server makes the first one when it starts.\n';
  }
  return createTable({
    'KEY ID': 'kid',
    STATE: 'state',
    'SIGNS FROM': 'signs_from',
    'SIGNS UNTIL': 'signs_until',
    'PUBLISHED UNTIL': 'published_until',
  })(keys.map(presentKey));
}

/** Presents a key for `--json`. */
export function presentKey(key: ListedSigningKey): Entry {
  return {
    kid: key.kid,
    alg: key.alg,
    state: key.state,
    created_at: key.createdAt.toISOString(),
    signs_from: key.signsFrom.toISOString(),
    signs_until: key.retiredAt?.toISOString() ?? null,
    published_until: key.publishedUntil?.toISOString() ?? null,
  };
}

/** Prints the result of a rotation. */
export function printRotated({ made, kid, signsFrom }: Rotated): string {
  const from = signsFrom.toISOString();
  return made
    ? `Made the key ${kid}. It signs from ${from}.\n`
    : `The key ${kid} is waiting already. It signs from ${from}.\n`;
}

/** Presents the result of a rotation for `--json`. */
export function presentRotated({ made, kid, signsFrom }: Rotated): object {
  return { made, kid, signs_from: signsFrom.toISOString() };
}
