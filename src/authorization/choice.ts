/** Ends of a grant that a user can set; the first is the default. */
export const ENDS = ['never', '30_days', '1_day'] as const;
/** One of them. */
export type Ends = (typeof ENDS)[number];

const DAY = 86_400_000;
const DAYS = { never: undefined, '30_days': 30, '1_day': 1 } as const;

/** Returns the time of an end that is set now; null for none. */
export function endOf(ends: Ends, now: Date): Date | null {
  const days = DAYS[ends];
  return days === undefined ? null : new Date(now.getTime() + days * DAY);
}

/** Choice of the user. */
export interface Choice {
  readonly scopes: readonly string[];
  readonly organizers: readonly string[];
  readonly ends: Ends;
  /** Fate of earlier grants that allow more than this choice. */
  readonly previous: (typeof PREVIOUS)[number];
}

/** Answers to the question about earlier grants that allow more; the first is the default. */
export const PREVIOUS = ['replace', 'keep'] as const;
