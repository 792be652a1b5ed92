import { type PageAnswer, render } from '../../http/page.ts';
import { view } from '../../http/view.ts';

/** A request by a link of another website, for an app that is not known yet. */
interface ForeignLinkProps {
  /** Host of the app's document. */
  readonly host: string;
  /** Path of the same request. */
  readonly continueAt: string;
}

const foreignLinkView = view<ForeignLinkProps>('authorization/foreign_link');

/** Asks if the user wants to connect an app before anything is loaded from its host. */
export function renderForeignLink(props: ForeignLinkProps): PageAnswer {
  return render(foreignLinkView, props);
}
