import type en from '../../views/sign-in/en.json';

/** Keys of the texts in `views/sign-in/`. */
export type SignInText = keyof typeof en;
