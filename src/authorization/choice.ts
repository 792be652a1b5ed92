import type { Ends } from './ends.ts';

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
