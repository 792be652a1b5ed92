import type en from '../../views/activity/en.json';
import type { ApplicationText } from '../applications/texts.ts';

/** Keys of the texts in `views/activity/`, and of the client types in `views/applications/`. */
export type ActivityText =
  | keyof typeof en
  | Extract<ApplicationText, `applications.type.${string}`>;
