import type en from '../../views/applications/en.json';

/** Keys of the texts in `views/applications/`. */
export type ApplicationText = keyof typeof en;
