import type { Config } from '../../config/config.ts';
import { translator } from '../../http/translate.ts';
import type { Locale } from '../../lib/locale.ts';
import { isLoopbackHost } from '../../lib/loopback.ts';
import { type ScopeKind, type ScopeWords, scopeKind, scopeWords } from '../../lib/scope-words.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import { pictureUrl } from '../picture.ts';
import { redirectHostOf } from '../redirect-uri.ts';
import type { ApplicationText } from '../texts.ts';
import type { ApplicationFormProps, ApplicationFormValues } from './application-form.ts';
import { presentScopes } from './presenters.ts';
import { presentRedirectUris } from './read-application-form.ts';

/** The consent page as users will see it, for the values of the form. */
export interface PreviewProps {
  readonly application: {
    /** Empty: nothing was entered yet. */
    readonly name: string;
    readonly monogram: string;
    readonly owner: string | null;
    readonly documentHost: null;
    readonly reviewed: boolean;
    /** Users do not see its logo until it is reviewed. */
    readonly logoWaits: boolean;
    readonly description: string;
    readonly homepageUrl: string;
  };
  readonly scopes: readonly { readonly kind: ScopeKind; readonly words: ScopeWords }[];
  readonly edits: boolean;
  /** A scope concerns organizers, so that users choose some. */
  readonly choosesOrganizers: boolean;
  /** Host of the first valid redirect URI; undefined if there is none. */
  readonly redirectHost: string | undefined;
  /** The redirect leads to the user's own computer. */
  readonly returnsToComputer: boolean;
}

/** Presents what users will see. */
export function presentPreview(
  config: Config,
  locale: Locale,
  values: {
    readonly name: string;
    readonly description: string;
    readonly homepageUrl: string;
    readonly scopes: readonly string[];
  },
  given: {
    readonly fullName: string;
    readonly reviewed: boolean;
    /** Hash of the logo. */
    readonly logo: string | null;
    readonly redirectUri: string | undefined;
  },
): PreviewProps {
  const name = visibleLine(values.name);
  const scopes = config.scopes.filter((scope) => values.scopes.includes(scope.name));
  const { redirectUri } = given;
  return {
    application: {
      name,
      monogram: pictureUrl({ name, logo: given.logo }),
      owner: visibleLine(given.fullName) || null,
      documentHost: null,
      reviewed: given.reviewed,
      logoWaits: given.logo !== null && !given.reviewed,
      description: visibleLine(values.description),
      homepageUrl: values.homepageUrl.trim(),
    },
    scopes: scopes.map((scope) => ({ kind: scopeKind(scope), words: scopeWords(scope, locale) })),
    edits: scopes.some(({ writes }) => writes),
    choosesOrganizers: scopes.some(({ organizers }) => organizers),
    redirectHost: redirectUri && redirectHostOf(redirectUri),
    returnsToComputer: isLoopbackHost(URL.parse(redirectUri ?? '')?.hostname ?? ''),
  };
}

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
