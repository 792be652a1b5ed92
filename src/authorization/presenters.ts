import { monogramUrl } from '../applications/monogram.ts';
import type { Locale } from '../web/locale.ts';
import { localized } from '../web/translate.ts';
import type { ConsentProps } from '../web/views.ts';
import type { Choice } from './approve.ts';
import type { ConsentRequest } from './describe.ts';

/** The consent page's props. Without a choice yet, every scope is ticked and organizers are not. */
export function presentConsent(
  request: ConsentRequest,
  page: {
    readonly locale: Locale;
    readonly action: string;
    readonly switchAccount: string;
    readonly choice: Choice | undefined;
    readonly askPassword: boolean;
    readonly errors: ConsentProps['errors'];
  },
): ConsentProps {
  const { application, user, scopes, organizers } = request;
  const { locale, choice } = page;
  return {
    action: page.action,
    application: {
      name: application.name,
      monogram: monogramUrl(application.name),
      owner: application.ownerName,
      homepageUrl: application.homepageUrl,
      redirectHost: request.redirectHost,
      reviewed: application.reviewedAt !== null,
      privacyPolicyUrl: application.privacyPolicyUrl,
      termsUrl: application.termsUrl,
    },
    user: { fullName: user.fullName, email: user.email },
    switchAccount: page.switchAccount,
    scopes: scopes.map(({ name, text }) => ({
      name,
      text: localized(text, locale),
      checked: choice === undefined || choice.scopes.includes(name),
    })),
    organizers:
      organizers?.map(({ slug, name }) => ({
        slug,
        name: localized(name, locale),
        // Where there is just one, ticking it would be a riddle and no choice.
        checked: choice === undefined ? organizers.length === 1 : choice.organizers.includes(slug),
      })) ?? null,
    noOrganizers: organizers?.length === 0,
    awaitsReview: request.awaitsReview,
    askPassword: page.askPassword,
    errors: page.errors,
  };
}
