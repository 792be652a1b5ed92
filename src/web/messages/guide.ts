import type { Message, Translated } from './message.ts';

/** English texts of the guide pages. */
export const guideEn = {} as const satisfies Record<string, Message>;

/** German texts of the guide pages. */
export const guideDe = {} as const satisfies Translated<typeof guideEn>;
