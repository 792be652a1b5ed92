import type { Locale } from './locale.ts';
import { localized } from './localized-text.ts';
import type { ScopeConfig } from './scopes.ts';

/** Kinds of scopes, each with its icon. */
export type ScopeKind = 'view' | 'edit' | 'profile';

const VERBS: Readonly<Record<Locale, Readonly<Record<ScopeKind, string>>>> = {
  en: { view: 'View', edit: 'Edit', profile: 'View' },
  de: { view: 'ansehen', edit: 'bearbeiten', profile: 'ansehen' },
};

/** Sentence of a scope, with its verb apart. */
export interface ScopeWords {
  readonly before: string;
  /** Empty if the sentence neither begins nor ends with it. */
  readonly verb: string;
  readonly after: string;
}

/** Returns the kind of a scope. */
export function scopeKind({ organizers, writes }: ScopeConfig): ScopeKind {
  if (writes) {
    return 'edit';
  }
  return organizers ? 'view' : 'profile';
}

/** Splits the sentence of a scope at the verb that it begins or ends with. */
export function scopeWords(scope: ScopeConfig, locale: Locale): ScopeWords {
  const text = localized(scope.text, locale);
  const verb = VERBS[locale][scopeKind(scope)];
  if (text.startsWith(`${verb} `)) {
    return { before: '', verb, after: text.slice(verb.length) };
  }
  return text.endsWith(` ${verb}`)
    ? { before: text.slice(0, -verb.length), verb, after: '' }
    : { before: text, verb: '', after: '' };
}
