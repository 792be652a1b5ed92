import { parseFields } from '../../api/fields.ts';
import type { Config } from '../../config/config.ts';
import type { Translate } from '../../http/translate.ts';
import { type FieldErrors, ValidationError } from '../../lib/errors.ts';
import type { ApplicationDetails, ClientType } from '../application.ts';
import { checkRedirectUri, REDIRECT_URI_LIMIT } from '../redirect-uri.ts';
import type { ApplicationText } from '../texts.ts';
import { applicationBody } from '../wire.ts';
import {
  APPLICATION_FIELDS,
  type ApplicationField,
  type ApplicationFormValues,
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
  const clientType = values.clientType === 'public' ? 'public' : 'confidential';
  const { redirectUris, errors: uriErrors } = readRedirectUris(
    t,
    values.redirectUris,
    clientType,
    config.customSchemes,
  );
  const parsed = parse(config, values, redirectUris);
  const errors: FormErrors<ApplicationField> = {
    ...(parsed instanceof ValidationError ? schemaErrors(t, values, parsed.fields) : {}),
    ...(uriErrors.length > 0 ? { redirect_uris: uriErrors } : {}),
    ...(values.scopes.length === 0 ? { scopes: [t('applications.error.scopes.none')] } : {}),
  };
  if (parsed instanceof ValidationError || Object.keys(errors).length > 0) {
    return { details: undefined, errors };
  }
  return {
    errors: undefined,
    details: {
      name: parsed.name,
      description: parsed.description ?? '',
      homepageUrl: parsed.homepage_url ?? null,
      privacyPolicyUrl: parsed.privacy_policy_url ?? null,
      termsUrl: parsed.terms_url ?? null,
      clientType,
      redirectUris,
      scopes: parsed.scopes,
      // A public application has no secret: PKCE is its only protection.
      requirePkce: values.requirePkce || clientType === 'public',
    },
  };
}

function parse(config: Config, values: ApplicationFormValues, redirectUris: readonly string[]) {
  const { schema } = applicationBody(config.scopes.map(({ name }) => name));
  try {
    return parseFields(schema, {
      name: values.name,
      description: values.description,
      homepage_url: values.homepageUrl,
      privacy_policy_url: values.privacyPolicyUrl,
      terms_url: values.termsUrl,
      client_type: values.clientType,
      redirect_uris: redirectUris,
      scopes: values.scopes,
    });
  } catch (error) {
    if (error instanceof ValidationError) {
      return error;
    }
    throw error;
  }
}

/** Returns the sentences of a use case about the fields that it refused. */
export function refusedFields({ fields }: ValidationError): FormErrors<ApplicationField> {
  return Object.fromEntries(
    APPLICATION_FIELDS.flatMap((field) => {
      const sentences = fields[field];
      return sentences === undefined ? [] : [[field, sentences]];
    }),
  );
}

/** Explains for each refused field what is accepted. */
function schemaErrors(
  t: Translate<ApplicationText>,
  values: ApplicationFormValues,
  refused: FieldErrors,
): FormErrors<ApplicationField> {
  /** Explains the length if that is the problem, else the rule. */
  const explain = (value: string, limit: number, rule: string) => {
    const given = value.trim().length;
    return given > limit ? t('applications.error.text.long', { limit, given }) : rule;
  };
  const link = (value: string) => explain(value, URL_LIMIT, t('applications.error.url'));
  const nameRule =
    values.name.trim() === '' ? 'applications.error.name.blank' : 'applications.error.name';
  const sentences: Partial<Record<ApplicationField, string>> = {
    name: explain(values.name, NAME_LIMIT, t(nameRule)),
    description: explain(
      values.description,
      DESCRIPTION_LIMIT,
      t('applications.error.description'),
    ),
    homepage_url: link(values.homepageUrl),
    privacy_policy_url: link(values.privacyPolicyUrl),
    terms_url: link(values.termsUrl),
    client_type: t('applications.error.client_type'),
    scopes: t('applications.error.scopes.unknown'),
  };
  return Object.fromEntries(
    APPLICATION_FIELDS.flatMap((field) => {
      const sentence = refused[field] === undefined ? undefined : sentences[field];
      return sentence === undefined ? [] : [[field, [sentence]]];
    }),
  );
}

/** A redirect URI of the form. */
export interface RedirectUriRow {
  /** Empty: a free row. */
  readonly value: string;
  /** Sentence about what is wrong; undefined if it is accepted or empty. */
  readonly problem: string | undefined;
}

/** Rows of the form at least, for browsers without script. */
const LEAST_ROWS = 2;
/** Rows of the form at most: more are not accepted anyway. */
const MOST_ROWS = 5 * REDIRECT_URI_LIMIT;

/** Returns the rows of the form for redirect URIs in lines, with a free one at the end. */
export function presentRedirectUris(
  t: Translate<ApplicationText>,
  text: string,
  clientType: ClientType,
  customSchemes: readonly string[],
): RedirectUriRow[] {
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
): RedirectUriRow[] {
  return lines.map((value, index) => {
    const first = lines.indexOf(value);
    if (value !== '' && first < index) {
      return { value, problem: t('applications.error.redirect_uris.twice', { first: first + 1 }) };
    }
    const broken = value === '' ? undefined : checkRedirectUri(value, clientType, customSchemes);
    return { value, problem: broken && t(`redirect_uri.${broken.code}`, broken.params) };
  });
}
