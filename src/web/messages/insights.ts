import type { Message, Translated } from './message.ts';

/** English texts of the insights pages. */
export const insightsEn = {} as const satisfies Record<string, Message>;

/** German texts of the insights pages. */
export const insightsDe = {} as const satisfies Translated<typeof insightsEn>;
