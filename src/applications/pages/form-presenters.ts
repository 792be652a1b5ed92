import { parseFields } from '../../api/fields.ts';
import type { Config } from '../../config/config.ts';
import type { Translate } from '../../http/translate.ts';
import { type FieldErrors, ValidationError } from '../../lib/errors.ts';
import type { Application, ApplicationDetails, ClientType } from '../application.ts';
import type { ApplicationText } from '../texts.ts';
import type { ApplicationField, ApplicationFormValues, FormErrors } from '../views.ts';
import { applicationBody } from '../wire.ts';
import { redirectUriErrors, redirectUrisOf } from './redirect-uri-presenters.ts';

/** What the form decides about an application. */
export type FormDetails = Omit<ApplicationDetails, 'ownerId' | 'isActive'> & {
  readonly clientType: ClientType;
};

/** What came out of a form: details, or what is wrong with it. */
export type ReadForm =
  | { readonly details: FormDetails; readonly errors: undefined }
  | { readonly details: undefined; readonly errors: FormErrors<ApplicationField> };

type Errors = Partial<Record<ApplicationField, readonly string[]>>;

const NAME_LIMIT = 255;
const DESCRIPTION_LIMIT = 2000;
const URL_LIMIT = 2000;

/** An empty form. */
export function emptyForm(config: Config): ApplicationFormValues {
  return {
    name: '',
    description: '',
    homepageUrl: '',
    privacyPolicyUrl: '',
    termsUrl: '',
    clientType: 'confidential',
    redirectUris: '',
    scopes: config.defaultScopes,
    requirePkce: true,
  };
}

/** What was typed, as it was typed. */
export function postedValues(form: URLSearchParams): ApplicationFormValues {
  const text = (name: string) => form.get(name) ?? '';
  return {
    name: text('name'),
    description: text('description'),
    homepageUrl: text('homepage_url'),
    privacyPolicyUrl: text('privacy_policy_url'),
    termsUrl: text('terms_url'),
    clientType: text('client_type'),
    redirectUris: text('redirect_uris'),
    scopes: [...new Set(form.getAll('scopes'))],
    requirePkce: form.has('require_pkce'),
  };
}

/** A form filled in with what an application is. */
export function valuesOf(application: Application): ApplicationFormValues {
  return {
    name: application.name,
    description: application.description,
    homepageUrl: application.homepageUrl ?? '',
    privacyPolicyUrl: application.privacyPolicyUrl ?? '',
    termsUrl: application.termsUrl ?? '',
    clientType: application.clientType,
    redirectUris: application.redirectUris.join('\n'),
    scopes: application.scopes,
    requirePkce: application.requirePkce,
  };
}

/** Reads a form by the rules that hold for the management API, too. */
export function readDetails(
  config: Config,
  t: Translate<ApplicationText>,
  values: ApplicationFormValues,
): ReadForm {
  const clientType = values.clientType === 'public' ? 'public' : 'confidential';
  const redirectUris = redirectUrisOf(values.redirectUris);
  const wrong = redirectUriErrors(t, values.redirectUris, clientType);
  const errors: Errors = {
    ...refusedBySchema(config, t, values, redirectUris),
    ...(wrong.length > 0 ? { redirect_uris: wrong } : {}),
    ...(values.scopes.length === 0 ? { scopes: [t('applications.error.scopes.none')] } : {}),
  };
  if (Object.keys(errors).length > 0) {
    return { details: undefined, errors };
  }
  const parsed = parse(config, values, redirectUris);
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
      // A public one has no other protection: there is nothing to choose.
      requirePkce: values.requirePkce || clientType === 'public',
    },
  };
}

function parse(config: Config, values: ApplicationFormValues, redirectUris: readonly string[]) {
  const { schema } = applicationBody(config.scopes.map(({ name }) => name));
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
}

function refusedBySchema(
  config: Config,
  t: Translate<ApplicationText>,
  values: ApplicationFormValues,
  redirectUris: readonly string[],
): Errors {
  try {
    parse(config, values, redirectUris);
    return {};
  } catch (error) {
    if (error instanceof ValidationError) {
      return inWords(t, values, error.fields);
    }
    throw error;
  }
}

/** What a use case refused although the form looked right, at its fields. */
export function refusedFields(error: ValidationError): FormErrors<ApplicationField> {
  const { fields } = error;
  const known = (field: ApplicationField) => fields[field] !== undefined;
  return Object.fromEntries(FIELDS.filter(known).map((field) => [field, fields[field] ?? []]));
}

const FIELDS: readonly ApplicationField[] = [
  'name',
  'description',
  'homepage_url',
  'privacy_policy_url',
  'terms_url',
  'client_type',
  'redirect_uris',
  'scopes',
  'require_pkce',
];

/** Each refused field with what would be accepted. */
function inWords(
  t: Translate<ApplicationText>,
  values: ApplicationFormValues,
  refused: FieldErrors,
): Errors {
  const link = (url: string) =>
    url.trim().length > URL_LIMIT
      ? t('applications.error.text.long', { limit: URL_LIMIT, given: url.trim().length })
      : t('applications.error.url');
  const texts: Partial<Record<ApplicationField, string>> = {
    name: nameError(t, values.name.trim()),
    description:
      values.description.trim().length > DESCRIPTION_LIMIT
        ? tooLong(t, DESCRIPTION_LIMIT, values.description.trim())
        : t('applications.error.description'),
    homepage_url: link(values.homepageUrl),
    privacy_policy_url: link(values.privacyPolicyUrl),
    terms_url: link(values.termsUrl),
    client_type: t('applications.error.client_type'),
    scopes: t('applications.error.scopes.unknown'),
  };
  return Object.fromEntries(
    FIELDS.flatMap((field) => {
      const text = refused[field] === undefined ? undefined : texts[field];
      return text === undefined ? [] : [[field, [text]]];
    }),
  );
}

function nameError(t: Translate<ApplicationText>, name: string): string {
  if (name === '') {
    return t('applications.error.name.blank');
  }
  return name.length > NAME_LIMIT ? tooLong(t, NAME_LIMIT, name) : t('applications.error.name');
}

function tooLong(t: Translate<ApplicationText>, limit: number, given: string): string {
  return t('applications.error.text.long', { limit, given: given.length });
}
