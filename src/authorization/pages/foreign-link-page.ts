import { type PageAnswer, render } from '../../http/page.ts';

/**
 * Asks if the user wants to connect an app that is not known yet, before anything is loaded from its
 * host: the request came by a link of another website.
 * @param props host of the app's document, and the path of the same request
 */
export function renderForeignLink(props: {
  readonly host: string;
  readonly continueAt: string;
}): PageAnswer {
  return render('authorization/foreign_link', props);
}
