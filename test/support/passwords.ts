import type { PasswordCost } from '../../src/users/password.ts';

/** The lowest cost of argon2 that is more than a formality: hashing takes a millisecond. */
export const CHEAP_PASSWORDS: PasswordCost = { memoryCost: 1024, timeCost: 1, parallelism: 1 };
