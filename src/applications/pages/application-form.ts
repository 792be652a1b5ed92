import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { list, text } from '../../http/form.ts';
import type { Application } from '../application.ts';

/** Schema of the form, for registration and editing. */
export const applicationForm = z.object({
  name: text,
  description: text,
  homepage_url: text,
  privacy_policy_url: text,
  terms_url: text,
  client_type: text,
  /** In lines; repeated fields become lines. */
  redirect_uris: list.transform((uris) => uris.join('\n')),
  scopes: list.transform((scopes): readonly string[] => [...new Set(scopes)]),
  require_pkce: list.transform((values) => values.length > 0),
});

/** Values of the form, as they were typed. */
export type ApplicationFormValues = z.output<typeof applicationForm>;
/** Name of a form field. */
export type ApplicationField = keyof ApplicationFormValues;
/** Sentences about the fields that were refused. */
export type FormErrors<Field extends string> = Readonly<Partial<Record<Field, readonly string[]>>>;

/** Returns the values of a new form. */
export function emptyValues(config: Config): ApplicationFormValues {
  return {
    name: '',
    description: '',
    homepage_url: '',
    privacy_policy_url: '',
    terms_url: '',
    client_type: 'confidential',
    redirect_uris: '',
    scopes: config.defaultScopes,
    require_pkce: true,
  };
}

/** Returns the values of a form that edits an application. */
export function valuesOf(application: Application): ApplicationFormValues {
  return {
    name: application.name,
    description: application.description,
    homepage_url: application.homepageUrl ?? '',
    privacy_policy_url: application.privacyPolicyUrl ?? '',
    terms_url: application.termsUrl ?? '',
    client_type: application.clientType,
    redirect_uris: application.redirectUris.join('\n'),
    scopes: application.scopes,
    require_pkce: application.requirePkce,
  };
}
