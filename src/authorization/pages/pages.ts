import { interactionPage } from './interaction-page.ts';
import { returnPage } from './return-page.ts';

/** Pages that an authorization request waits at. */
export const interactionPages = [interactionPage, returnPage];
