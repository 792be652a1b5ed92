import type en from '../../views/console/en.json';
import type { ApplicationText } from '../applications/texts.ts';

/** Keys of the texts in `views/console/`, and of the client types in `views/applications/`. */
export type ConsoleText = keyof typeof en | Extract<ApplicationText, `applications.type.${string}`>;
