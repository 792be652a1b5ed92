import type en from '../../views/grants/en.json';

/** Keys of the texts in `views/grants/`. */
export type GrantText = keyof typeof en;
