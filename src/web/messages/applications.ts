import type { Message, Translated } from './message.ts';

/** English texts of the applications pages. */
export const applicationsEn = {} as const satisfies Record<string, Message>;

/** German texts of the applications pages. */
export const applicationsDe = {} as const satisfies Translated<typeof applicationsEn>;
