import { translator } from '../../http/translate.ts';
import { isLoopbackHost } from '../../lib/loopback.ts';
import { scopeKind, scopeWords } from '../../lib/scope-words.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import type { UserPageDeps, UserRequest } from '../../sessions/pages/user-page.ts';
import { pictureUrl } from '../picture.ts';
import { redirectHostOf } from '../redirect-uri.ts';
import type { ApplicationText } from '../texts.ts';
import type { ApplicationFormValues } from './application-form.ts';
import { presentScopes } from './presenters.ts';
import { presentRedirectUris } from './read-application-form.ts';

type Request = Pick<UserRequest<Pick<UserPageDeps, 'config'>>, 'deps' | 'user' | 'locale'>;

/** Facts that decide how users see an application, beside the form's values. `logo` is a hash. */
interface Given {
  readonly reviewed: boolean;
  readonly logo: string | null;
}

/** Presents what the form shows of its values: choices, verdicts and the preview. */
export function presentForm(request: Request, values: ApplicationFormValues, given: Given) {
  const { deps, locale } = request;
  const type = values.client_type === 'public' ? 'public' : 'confidential';
  const t = translator<ApplicationText>(locale);
  const redirectUris = presentRedirectUris(
    t,
    values.redirect_uris,
    type,
    deps.config.customSchemes,
  );
  const valid = redirectUris.find(({ value, problem }) => value !== '' && problem === undefined);
  return {
    scopes: presentScopes(deps.config, locale),
    // With their verdicts, and free rows.
    redirectUris,
    preview: presentPreview(request, values, given, valid?.value),
  };
}

/** Presents the consent page as users will see it. */
function presentPreview(
  { deps, user, locale }: Request,
  values: ApplicationFormValues,
  { reviewed, logo }: Given,
  redirectUri: string | undefined,
) {
  const name = visibleLine(values.name);
  const scopes = deps.config.scopes.filter((scope) => values.scopes.includes(scope.name));
  return {
    application: {
      // Empty: nothing was entered yet.
      name,
      monogram: pictureUrl({ name, logo }),
      owner: visibleLine(user.fullName) || null,
      documentHost: null,
      reviewed,
      // Users do not see its logo until it is reviewed.
      logoWaits: logo !== null && !reviewed,
      description: visibleLine(values.description),
      homepageUrl: values.homepage_url.trim(),
    },
    scopes: scopes.map((scope) => ({ kind: scopeKind(scope), words: scopeWords(scope, locale) })),
    edits: scopes.some(({ writes }) => writes),
    // A scope concerns organizers, so that users choose some.
    choosesOrganizers: scopes.some(({ organizers }) => organizers),
    // Host of the first valid redirect URI; undefined if there is none.
    redirectHost: redirectUri && redirectHostOf(redirectUri),
    // The redirect leads to the user's own computer.
    returnsToComputer: isLoopbackHost(URL.parse(redirectUri ?? '')?.hostname ?? ''),
  };
}
