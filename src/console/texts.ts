import type en from '../../views/console/en.json';

/** Keys of the texts in `views/console/`. */
export type ConsoleText = keyof typeof en;
