import { hash, verify } from '@node-rs/argon2';

/** argon2id (the library's default) with OWASP's second recommendation; memory in KiB. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Longest password, in bytes. */
export const PASSWORD_LIMIT = 1024;

/** The hash of a random password that nobody kept, at the same cost as every other. */
const NOBODYS =
  '$argon2id$v=19$m=19456,t=2,p=1$KEbPu0fWEFFHsgpBey5/YA$EbfgdqQzKWeuNN7TX6sukQWTlorckiW23JBBS2iS3tc';

/** Hashes a password with argon2id, PHC format. */
export function hashPassword(password: string): Promise<string> {
  return hash(normalized(password), COST);
}

/** Returns true if a hash was made at another cost than new ones are. */
export function isOutdated(hashed: string): boolean {
  const { memoryCost, timeCost, parallelism } = COST;
  return !hashed.startsWith(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
}

/** Finds the hash to keep for a password. @param known the hash that is kept now, if any */
export type HashPassword = (password: string, known: string | null) => Promise<string>;

/**
 * Whether `password` is the one of `hashed`. Takes as long where there is no hash, so that the
 * time does not say whether there is one; passwords that are too long are refused before that.
 */
export async function verifyPassword(hashed: string | null, password: string): Promise<boolean> {
  if (isTooLong(password)) {
    return false;
  }
  const matches = await verify(hashed ?? NOBODYS, normalized(password));
  return matches && hashed !== null;
}

/** Whether a password is longer than `PASSWORD_LIMIT`. */
export function isTooLong(password: string): boolean {
  return Buffer.byteLength(password) > PASSWORD_LIMIT;
}

/** One form for what keyboards of different systems send for the same password (NIST SP 800-63B). */
function normalized(password: string): string {
  return password.normalize('NFKC');
}
