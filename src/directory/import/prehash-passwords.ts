import type { Db } from '../../db/database.ts';
import type { HashPassword } from '../../users/password.ts';
import { selectPasswordHashes } from '../../users/user-store.ts';
import type { BulkLine } from './line.ts';

/** Passwords of one import that are hashed or wait for it at a time. */
const AT_ONCE = 2;

/**
 * Hashes the passwords of some lines before their transaction begins, several at once: a hash takes
 * longer than the rest of a line, and locks must not be held meanwhile.
 * @param hashUnlessKnown hashes in the queue of all passwords, after people who sign in
 * @returns a function that returns the hash of a line; it hashes again if the user has changed
 *   since
 */
export async function prehashPasswords(
  db: Db,
  lines: readonly BulkLine[],
  hashUnlessKnown: HashPassword,
): Promise<(line: BulkLine) => HashPassword> {
  const given = lines.flatMap((line) => {
    const { item } = line;
    return 'kind' in item && item.kind === 'user' && typeof item.input.password === 'string'
      ? [{ line, id: item.id, password: item.input.password }]
      : [];
  });
  if (given.length === 0) {
    return () => hashUnlessKnown;
  }
  const ids = given.map(({ id }) => id);
  const known = await selectPasswordHashes(db, ids);
  const done = new Map<BulkLine, { readonly known: string | null; readonly hash: string }>();
  const waiting = given.values();
  const work = async () => {
    for (const { line, password, id } of waiting) {
      const before = known.get(id) ?? null;
      done.set(line, { known: before, hash: await hashUnlessKnown(password, before) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return (line) => async (password, before) => {
    const ahead = done.get(line);
    return ahead?.known === before ? ahead.hash : hashUnlessKnown(password, before);
  };
}
