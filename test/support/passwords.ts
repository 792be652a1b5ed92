import type { PasswordCost } from '../../src/users/password.ts';

/** Low cost of argon2: hashing takes a millisecond. */
export const CHEAP_PASSWORDS: PasswordCost = { memoryCost: 1024, timeCost: 1, parallelism: 1 };
