import type { Translate } from '../../http/translate.ts';
import { type Details, differencesOf, reasonParams, textOf } from '../client-error.ts';
import type { Finding } from '../finding.ts';
import type { InsightText } from '../texts.ts';

/** Explains the reason of a failed request, or a finding about a URL. */
export function explain(t: Translate<InsightText>, code: Finding['code'], details: Details) {
  // Only redirect URIs are shown apart; all other values are in the sentence.
  const ofUri = details.nearest !== undefined || details.differences !== undefined;
  return {
    message: `insights.reason.${code}` as const,
    // Values for the message. Some come from strangers, so they are isolated.
    params: reasonParams(details),
    // The redirect URI that was sent, if the message is about one; shown as code.
    sent: ofUri ? textOf(details, 'sent') : undefined,
    // The most similar registered redirect URI.
    nearest: details.nearest === undefined ? undefined : textOf(details, 'nearest'),
    differences: differencesOf(details).map((one) => t(`insights.difference.${one}`)),
  };
}
