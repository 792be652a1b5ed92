import { APPLICATIONS } from '../../applications/pages/owner-page.ts';
import { linkTo } from '../../http/link-to.ts';
import { withoutSecrets } from '../../http/render.ts';
import { translator } from '../../http/translate.ts';
import { view } from '../../http/view.ts';
import type { Locale } from '../../lib/locale.ts';
import type { Diagnosis } from '../diagnose.ts';
import type { InsightText } from '../texts.ts';
import { type ExplainedProps, explain } from './explain.ts';

/** A failed authorization request, for the owner of the application: nobody else may see it. */
interface RefusedProps extends ExplainedProps {
  readonly application: string;
  /** Error code of RFC 6749. */
  readonly error: string;
  /** Action of the URL checker. Posts `url`. */
  readonly check: string;
  readonly url: string;
  /** The error log, with this request. */
  readonly log: string;
}

/** View of a failed authorization request, for the owner of the application. */
export const refusedView = view<RefusedProps>('insights/refused');

/** Presents a failed authorization request for the owner of the application. */
export function presentRefused(
  locale: Locale,
  request: {
    readonly clientId: string;
    readonly application: string;
    readonly error: string;
    readonly requestId: string;
    /** Address that was opened. */
    readonly url: string;
  } & Diagnosis,
): RefusedProps {
  const home = `${APPLICATIONS}/${request.clientId}`;
  return {
    ...explain(translator<InsightText>(locale), request.reason, request.details),
    application: request.application,
    error: request.error,
    check: `${home}/check`,
    url: withoutSecrets(request.url),
    log: linkTo(`${home}/errors`, { request_id: request.requestId }),
  };
}
