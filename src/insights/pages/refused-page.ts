import { APPLICATIONS } from '../../applications/pages/owner-page.ts';
import { linkTo } from '../../http/link-to.ts';
import { withoutSecrets } from '../../http/render.ts';
import { translator } from '../../http/translate.ts';
import type { Locale } from '../../lib/locale.ts';
import type { Diagnosis } from '../diagnose.ts';
import type { InsightText } from '../texts.ts';
import { explain } from './explain.ts';

/** Presents a failed authorization request for the owner of the application: nobody else may see it. */
export function presentRefused(
  locale: Locale,
  request: {
    readonly clientId: string;
    readonly application: string;
    /** Error code of RFC 6749. */
    readonly error: string;
    readonly requestId: string;
    /** Address that was opened. */
    readonly url: string;
  } & Diagnosis,
) {
  const home = `${APPLICATIONS}/${request.clientId}`;
  return {
    ...explain(translator<InsightText>(locale), request.reason, request.details),
    application: request.application,
    error: request.error,
    // Action of the URL checker. Posts `url`.
    check: `${home}/check`,
    url: withoutSecrets(request.url),
    // The error log, with this request.
    log: linkTo(`${home}/errors`, { request_id: request.requestId }),
  };
}
