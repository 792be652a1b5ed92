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

/** Counts an offer. Returns false if there were too many in one day. */
export async function countOffer(
  { ofOwner, toAddress }: OfferLimits,
  ownerId: string,
  emailKey: string,
): Promise<boolean> {
  return (await ofOwner.take(ownerId)).allowed && (await toAddress.take(emailKey)).allowed;
}

/** Takes back a counted offer that was not made. */
export async function uncountOffer(
  { ofOwner, toAddress }: OfferLimits,
  ownerId: string,
  emailKey: string,
): Promise<void> {
  await ofOwner.giveBack(ownerId);
  await toAddress.giveBack(emailKey);
}
