import type en from '../../views/account/en.json';

/** Keys of the texts in `views/account/`. */
export type AccountText = keyof typeof en;
