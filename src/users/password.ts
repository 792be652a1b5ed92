import { hash, verify } from '@node-rs/argon2';

/** Cost of an argon2 hash; memory in KiB. */
export interface PasswordCost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** Cost of every hash outside of tests: OWASP's second recommendation for argon2id. */
export const PASSWORD_COST: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Longest password, in bytes. */
export const PASSWORD_LIMIT = 1024;

/** Salt and hash of a random password that was not kept. */
const DUMMY = 'KEbPu0fWEFFHsgpBey5/YA$EbfgdqQzKWeuNN7TX6sukQWTlorckiW23JBBS2iS3tc';

/** Hashes and verifies passwords at one cost. */
export interface PasswordHasher {
  /** Hashes a password with argon2id, PHC format. */
  hash(password: string): Promise<string>;
  /**
   * Compares a password with a hash. Takes equally long without a hash, so that the time does not
   * reveal whether one exists. Rejects passwords that are too long before that.
   */
  verify(hashed: string | null, password: string): Promise<boolean>;
  /** Returns true if a hash was made at another cost than new ones are. */
  isOutdated(hashed: string): boolean;
}

/** Creates a hasher. `cost` exists for tests, which hash hundreds of passwords. */
export function createPasswordHasher(cost: PasswordCost = PASSWORD_COST): PasswordHasher {
  const { memoryCost, timeCost, parallelism } = cost;
  const prefix = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`;
  return {
    hash: (password) => hash(normalized(password), cost),
    verify: async (hashed, password) => {
      if (isTooLong(password)) {
        return false;
      }
      const matches = await verify(hashed ?? prefix + DUMMY, normalized(password));
      return matches && hashed !== null;
    },
    isOutdated: (hashed) => !hashed.startsWith(prefix),
  };
}

/** Finds the hash to keep for a password. @param known the current hash, if any */
export type HashPassword = (password: string, known: string | null) => Promise<string>;

/** Returns true if a password is longer than `PASSWORD_LIMIT`. */
export function isTooLong(password: string): boolean {
  return Buffer.byteLength(password) > PASSWORD_LIMIT;
}

/** Normalizes what different keyboards send for the same password (NIST SP 800-63B). */
function normalized(password: string): string {
  return password.normalize('NFKC');
}
