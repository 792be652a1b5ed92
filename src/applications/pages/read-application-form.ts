import { parseFields } from '../../api/fields.ts';
import type { Config } from '../../config/config.ts';
import type { Translate } from '../../http/translate.ts';
import { type FieldErrors, ValidationError } from '../../lib/errors.ts';
import type { ApplicationDetails, ClientType } from '../application.ts';
import type { ApplicationText } from '../texts.ts';
import { applicationBody } from '../wire.ts';
import {
  APPLICATION_FIELDS,
  type ApplicationField,
  type ApplicationFormValues,
  type FormErrors,
} from './application-form.ts';
import { readRedirectUris } from './read-redirect-uris.ts';

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
