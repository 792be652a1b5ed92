import type { Details } from './client-error.ts';
import type { InsightText } from './texts.ts';

/** Codes of findings: problems of requests, those that only a URL can have, and remarks. */
type Code = {
  [Key in InsightText]: Key extends `insights.reason.${infer Name}` ? Name : never;
}[InsightText];

/** Result of checking one component of the URL. */
export interface Finding {
  /** The name of a parameter, or `url`, `endpoint`, `application`. */
  readonly component: string;
  /** `error`: the server refuses the request. `warning`: it takes it, though something is amiss. */
  readonly verdict: 'ok' | 'info' | 'warning' | 'error';
  readonly code: Code;
  readonly details: Details;
}

/** A finding that the server refuses the request for. */
export function problem(component: string, code: Code, details: Details = {}): Finding {
  return { component, verdict: 'error', code, details };
}

/** A finding that the server does not mind. */
export function remark(
  component: string,
  verdict: 'ok' | 'info' | 'warning',
  code: Code,
  details: Details = {},
): Finding {
  return { component, verdict, code, details };
}
