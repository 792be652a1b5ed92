import type en from '../../views/authorization/en.json';

/** Keys of the texts in `views/authorization/`. */
export type ConsentText = keyof typeof en;
