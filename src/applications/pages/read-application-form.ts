import type { z } from 'zod';
import type { Config } from '../../config/config.ts';
import type { Translate } from '../../http/translate.ts';
import type { ValidationError } from '../../lib/errors.ts';
import type { ApplicationDetails, ClientType } from '../application.ts';
import { checkRedirectUri, REDIRECT_URI_LIMIT } from '../redirect-uri.ts';
import type { ApplicationText } from '../texts.ts';
import { applicationBody } from '../wire.ts';
import {
  type ApplicationField,
  type ApplicationFormValues,
  applicationForm,
  type FormErrors,
} from './application-form.ts';

/** Settings of an application that the form decides. */
type FormDetails = Omit<ApplicationDetails, 'ownerId' | 'isActive'> & {
  readonly clientType: ClientType;
};

/** Settings, or sentences about the fields that were refused. */
type ReadForm =
  | { readonly details: FormDetails; readonly errors: undefined }
  | { readonly details: undefined; readonly errors: FormErrors<ApplicationField> };

const NAME_LIMIT = 255;
const DESCRIPTION_LIMIT = 2000;
const URL_LIMIT = 2000;

/** Reads the form by the rules of the management API. */
export function readApplicationForm(
  config: Config,
  t: Translate<ApplicationText>,
  values: ApplicationFormValues,
): ReadForm {
  const clientType = values.client_type === 'public' ? 'public' : 'confidential';
  const { redirectUris, errors: uriErrors } = readRedirectUris(
    t,
    values.redirect_uris,
    clientType,
    config.customSchemes,
  );
  const { schema } = applicationBody(config.scopes.map(({ name }) => name));
  const { data, error } = schema.safeParse({ ...values, redirect_uris: redirectUris });
  const errors: FormErrors<ApplicationField> = {
    ...explainRefused(t, values, error),
    ...(uriErrors.length > 0 ? { redirect_uris: uriErrors } : {}),
    ...(values.scopes.length === 0 ? { scopes: [t('applications.error.scopes.none')] } : {}),
  };
  if (data === undefined || Object.keys(errors).length > 0) {
    return { details: undefined, errors };
  }
  return {
    errors: undefined,
    details: {
      name: data.name,
      description: data.description ?? '',
      homepageUrl: data.homepage_url ?? null,
      privacyPolicyUrl: data.privacy_policy_url ?? null,
      termsUrl: data.terms_url ?? null,
      clientType,
      redirectUris,
      scopes: data.scopes,
      // A public application has no secret: PKCE is its only protection.
      requirePkce: values.require_pkce || clientType === 'public',
    },
  };
}

/** Returns the sentences of a use case about the fields that it refused. */
export function refusedFields({ fields }: ValidationError): FormErrors<ApplicationField> {
  return Object.fromEntries(
    Object.entries(fields).filter(([field]) => Object.hasOwn(applicationForm.shape, field)),
  );
}

/** Explains for each refused field what is accepted. */
function explainRefused(
  t: Translate<ApplicationText>,
  values: ApplicationFormValues,
  error: z.ZodError | undefined,
): FormErrors<ApplicationField> {
  /** Explains the length if that is the problem, else the rule. */
  const explain = (value: string, limit: number, rule: string) => {
    const given = value.trim().length;
    return given > limit ? t('applications.error.text.long', { limit, given }) : rule;
  };
  const link = (value: string) => explain(value, URL_LIMIT, t('applications.error.url'));
  const nameRule =
    values.name.trim() === '' ? 'applications.error.name.blank' : 'applications.error.name';
  const rule = t('applications.error.description');
  const sentences: Partial<Record<ApplicationField, string>> = {
    name: explain(values.name, NAME_LIMIT, t(nameRule)),
    description: explain(values.description, DESCRIPTION_LIMIT, rule),
    homepage_url: link(values.homepage_url),
    privacy_policy_url: link(values.privacy_policy_url),
    terms_url: link(values.terms_url),
    client_type: t('applications.error.client_type'),
    scopes: t('applications.error.scopes.unknown'),
  };
  const refused = new Set(error?.issues.map(({ path: [field] }) => field));
  return Object.fromEntries(
    Object.entries(sentences).flatMap(([field, sentence]) =>
      refused.has(field) ? [[field, [sentence]]] : [],
    ),
  );
}

/** Rows of the form at least, for browsers without script. */
const LEAST_ROWS = 2;
/** Rows of the form at most: more are not accepted anyway. */
const MOST_ROWS = 5 * REDIRECT_URI_LIMIT;

/**
 * Returns the rows of the form for redirect URIs in lines, with a free one at the end. `problem` is a
 * sentence about what is wrong.
 */
export function presentRedirectUris(
  t: Translate<ApplicationText>,
  text: string,
  clientType: ClientType,
  customSchemes: readonly string[],
) {
  const lines = linesOf(text.trimEnd());
  const kept = lines.length > MOST_ROWS ? lines.filter(Boolean).slice(0, MOST_ROWS) : lines;
  const filled = kept.length === 1 && kept[0] === '' ? [] : kept;
  const free = Math.max(1, LEAST_ROWS - filled.length);
  return [
    ...judge(t, filled, clientType, customSchemes),
    ...Array.from({ length: free }, () => ({ value: '', problem: undefined })),
  ];
}

/**
 * Reads redirect URIs: one per line, empty lines are ignored.
 * @returns also a sentence about each problem, with its line
 */
export function readRedirectUris(
  t: Translate<ApplicationText>,
  text: string,
  clientType: ClientType,
  customSchemes: readonly string[] = [],
): { readonly redirectUris: string[]; readonly errors: string[] } {
  const lines = linesOf(text);
  const redirectUris = lines.filter(Boolean);
  const given = redirectUris.length;
  if (given === 0) {
    return { redirectUris, errors: [t('applications.error.redirect_uris.none')] };
  }
  if (given > REDIRECT_URI_LIMIT) {
    const params = { limit: REDIRECT_URI_LIMIT, given };
    return { redirectUris, errors: [t('applications.error.redirect_uris.many', params)] };
  }
  const errors = judge(t, lines, clientType, customSchemes).flatMap(({ problem }, index) => {
    if (problem === undefined) {
      return [];
    }
    const line = index + 1;
    return given === 1
      ? [problem]
      : [t('applications.error.redirect_uris.line', { line, problem })];
  });
  return { redirectUris, errors };
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map((line) => line.trim());
}

function judge(
  t: Translate<ApplicationText>,
  lines: readonly string[],
  clientType: ClientType,
  customSchemes: readonly string[],
) {
  return lines.map((value, index) => {
    const first = lines.indexOf(value);
    if (value !== '' && first < index) {
      return { value, problem: t('applications.error.redirect_uris.twice', { first: first + 1 }) };
    }
    const broken = value === '' ? undefined : checkRedirectUri(value, clientType, customSchemes);
    return { value, problem: broken && t(`redirect_uri.${broken.code}`, broken.params) };
  });
}
