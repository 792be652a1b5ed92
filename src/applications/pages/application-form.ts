import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { list, text } from '../../http/form.ts';
import type { Application } from '../application.ts';
import type { PreviewProps } from './present-form.ts';
import type { ScopeProps } from './presenters.ts';
import type { RedirectUriRow } from './read-application-form.ts';

/** Names of the form fields. */
export const APPLICATION_FIELDS = [
  'name',
  'description',
  'homepage_url',
  'privacy_policy_url',
  'terms_url',
  'client_type',
  'redirect_uris',
  'scopes',
  'require_pkce',
] as const;
/** Name of a form field. */
export type ApplicationField = (typeof APPLICATION_FIELDS)[number];

/** Sentences about the fields that were refused. */
export type FormErrors<Field extends string> = Readonly<Partial<Record<Field, readonly string[]>>>;

/** Values of the form, as they were typed. */
export interface ApplicationFormValues {
  readonly name: string;
  readonly description: string;
  readonly homepageUrl: string;
  readonly privacyPolicyUrl: string;
  readonly termsUrl: string;
  readonly clientType: string;
  /** One per line. */
  readonly redirectUris: string;
  readonly scopes: readonly string[];
  readonly requirePkce: boolean;
}

/**
 * Form of an application's settings. Posts the fields of `ApplicationField`, `redirect_uris` repeated or
 * in lines.
 */
export interface ApplicationFormProps {
  readonly action: string;
  /** Path that shows the posted form again, with verdicts and preview; changes nothing. */
  readonly previewAction: string;
  readonly cancel: string;
  readonly values: ApplicationFormValues;
  readonly scopes: readonly ScopeProps[];
  readonly errors: FormErrors<ApplicationField>;
  /** The redirect URIs with their verdicts, and free rows. */
  readonly redirectUris: readonly RedirectUriRow[];
  /** Consent page as users will see it. */
  readonly preview: PreviewProps;
}

/** Schema of the form, for registration and editing. */
export const applicationForm = z
  .object({
    name: text,
    description: text,
    homepage_url: text,
    privacy_policy_url: text,
    terms_url: text,
    client_type: text,
    redirect_uris: list,
    scopes: list,
    require_pkce: list,
  })
  .transform(
    (form): ApplicationFormValues => ({
      name: form.name,
      description: form.description,
      homepageUrl: form.homepage_url,
      privacyPolicyUrl: form.privacy_policy_url,
      termsUrl: form.terms_url,
      clientType: form.client_type,
      redirectUris: form.redirect_uris.join('\n'),
      scopes: [...new Set(form.scopes)],
      requirePkce: form.require_pkce.length > 0,
    }),
  );

/** Returns the values of a new form. */
export function emptyValues(config: Config): ApplicationFormValues {
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

/** Returns the values of a form that edits an application. */
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
