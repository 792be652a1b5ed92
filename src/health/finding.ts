import type en from '../../views/health/en.json';
import { type MessageParams, translator } from '../http/translate.ts';
import { escapeHtml } from '../lib/html.ts';
import type { Locale } from '../lib/locale.ts';
import { visibleLine } from '../lib/visible-text.ts';

/** Keys of the texts in `views/health/`: a title `health.<check>`, results `health.<check>.<result>`. */
type HealthText = keyof typeof en;
/** Results that say what is wrong; the key with `.fix` behind it says what to do. */
type Problem = {
  [Key in HealthText]: `${Key}.fix` extends HealthText ? Key : never;
}[HealthText];
/** Name of a check. */
export type Check = Exclude<
  { [Key in HealthText]: Key extends `health.${infer Name}.${string}` ? Name : never }[HealthText],
  'check'
>;

/** Result of a check. */
export type Finding = {
  readonly check: Check;
  /** Values for its texts; never a secret. Messages of other programs are not translated. */
  readonly params: MessageParams;
} & (
  | { readonly state: 'ok' | 'skip'; readonly text: HealthText }
  | { readonly state: 'warn' | 'fail'; readonly text: Problem }
);

/** Passed. */
export function ok(text: HealthText, params: MessageParams = {}): Finding {
  return { check: checkOf(text), state: 'ok', text, params };
}

/** Works, but should be looked at. */
export function warn(text: Problem, params: MessageParams = {}): Finding {
  return { check: checkOf(text), state: 'warn', text, params };
}

/** Does not work. */
export function fail(text: Problem, params: MessageParams = {}, check = checkOf(text)): Finding {
  return { check, state: 'fail', text, params };
}

/** Not checked; another finding has the reason. */
export function skip(text: HealthText, params: MessageParams = {}): Finding {
  return { check: checkOf(text), state: 'skip', text, params };
}

function checkOf(text: HealthText): Check {
  // The type of a part of a key is not known to `split`.
  return text.split('.')[1] as Check;
}

/** Title, message and suggested fix of a finding in a language. */
export interface FindingWords {
  readonly title: string;
  readonly message: string;
  readonly fix?: string;
}

/** Values that are in English in every language: messages of other programs, and what they mean. */
const ENGLISH: ReadonlySet<string> = new Set(['reason', 'fix']);

/** Puts a finding into words as HTML, in which English values are marked for screen readers. */
export function findingHtml(finding: Finding, locale: Locale): FindingWords {
  const params = Object.entries(finding.params).map(([name, value]) => {
    const html = escapeHtml(visibleLine(String(value)));
    return [name, ENGLISH.has(name) ? `<span lang="en">${html}</span>` : html] as const;
  });
  return describeFinding({ ...finding, params: Object.fromEntries(params) }, locale);
}

/** Puts a finding into words. */
export function describeFinding(finding: Finding, locale: Locale): FindingWords {
  const t = translator<HealthText>(locale);
  const { check, state, text, params } = finding;
  return {
    title: t(`health.${check}`),
    message: t(text, params),
    ...((state === 'warn' || state === 'fail') && { fix: t(`${text}.fix`, params) }),
  };
}
