import type { Config } from '../../config/config.ts';
import { translator } from '../../http/translate.ts';
import type { Locale } from '../../lib/locale.ts';
import type { ApplicationText } from '../texts.ts';
import type { ApplicationFormProps, ApplicationFormValues } from './application-form.ts';
import { presentScopes } from './presenters.ts';
import { presentPreview } from './preview.ts';
import { presentRedirectUris } from './read-redirect-uris.ts';

/** Presents what the form shows of its values: choices, verdicts and the preview. */
export function presentForm(
  { config, locale }: { readonly config: Config; readonly locale: Locale },
  values: ApplicationFormValues,
  given: { readonly fullName: string; readonly reviewed: boolean; readonly logo: string | null },
): Pick<ApplicationFormProps, 'scopes' | 'redirectUris' | 'preview'> {
  const type = values.clientType === 'public' ? 'public' : 'confidential';
  const t = translator<ApplicationText>(locale);
  const redirectUris = presentRedirectUris(t, values.redirectUris, type, config.customSchemes);
  const valid = redirectUris.find(({ value, problem }) => value !== '' && problem === undefined);
  return {
    scopes: presentScopes(config, locale),
    redirectUris,
    preview: presentPreview(config, locale, values, { ...given, redirectUri: valid?.value }),
  };
}
