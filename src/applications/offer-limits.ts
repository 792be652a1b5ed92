import { emailKey } from '../lib/email.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { Limit } from '../limits/limit.ts';
import type { Limits } from '../limits/limits.ts';

const DAY = 86_400;

/** Limits of transfer offers. Each offer is a mail to a person who did not ask for it. */
export interface OfferLimits {
  readonly ofOwner: Limit;
  /** Counts unknown addresses as well, so that a refusal does not reveal if an account exists. */
  readonly toAddress: Limit;
}

/** Makes the limits of transfer offers. */
export function createOfferLimits(limits: Pick<Limits, 'named'>): OfferLimits {
  return {
    ofOwner: limits.named('transfer offers of an owner', { points: 10, seconds: DAY }),
    toAddress: limits.named('transfer offers to an address', { points: 3, seconds: DAY }),
  };
}

/**
 * Counts an offer and makes it. One that is refused is not counted.
 * @throws StagedoorError `too_many_attempts`
 */
export async function offerWithinLimits(
  { ofOwner, toAddress }: OfferLimits,
  ownerId: string,
  email: string,
  offer: () => Promise<void>,
): Promise<void> {
  const counted = [
    [ofOwner, ownerId],
    [toAddress, emailKey(email) ?? ''],
  ] as const;
  for (const [limit, key] of counted) {
    if (!(await limit.take(key)).allowed) {
      throw new StagedoorError('too_many_attempts', 'Too many offers in one day. Try tomorrow.');
    }
  }
  try {
    await offer();
  } catch (error) {
    for (const [limit, key] of counted) {
      await limit.giveBack(key);
    }
    throw error;
  }
}
