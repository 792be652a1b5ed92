import { isReviewed } from '../../applications/application.ts';
import { monogramUrl } from '../../applications/monogram.ts';
import { ORGANIZERS_PER_GRANT } from '../../grants/grant.ts';
import type { ConsentProps } from '../../http/views.ts';
import type { Locale } from '../../lib/locale.ts';
import { localized } from '../../lib/localized-text.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import type { Choice } from '../approve.ts';
import type { ConsentRequest } from '../describe.ts';
import { isForeign, type OverInteraction } from '../interaction.ts';

/**
 * The consent page's props. Without a choice yet, every scope is ticked, and of the organizers those
 * that the same application was allowed before.
 */
export function presentConsent(
  request: ConsentRequest,
  page: {
    readonly locale: Locale;
    readonly action: string;
    readonly switchAccount: string;
    readonly choice: Choice | undefined;
    readonly askPassword: boolean;
    readonly confirmAt: string | undefined;
    readonly errors: ConsentProps['errors'];
  },
): ConsentProps {
  const { application, user, scopes, organizers, lastGrant } = request;
  const { locale, choice } = page;
  const isNew = (scope: string) => lastGrant !== undefined && !lastGrant.scopes.includes(scope);
  const earlier = new Set(lastGrant?.organizers);
  const ticked = new Set(choice?.organizers ?? preselection(request));
  // A name from before invisible characters were refused.
  const name = visibleLine(application.name) || application.clientId;
  return {
    action: page.action,
    application: {
      name,
      monogram: monogramUrl(name),
      owner: visibleLine(application.ownerName ?? '') || null,
      homepageUrl: application.homepageUrl,
      redirectHost: request.redirectHost,
      schemeIsShared: request.schemeIsShared,
      reviewed: isReviewed(application),
      privacyPolicyUrl: application.privacyPolicyUrl,
      termsUrl: application.termsUrl,
    },
    user: { fullName: user.fullName, email: user.email },
    switchAccount: page.switchAccount,
    earlier: lastGrant && {
      grantedAt: lastGrant.createdAt,
      asksForMore: scopes.some(({ name }) => isNew(name)),
    },
    scopes: scopes.map(({ name, text }) => ({
      name,
      text: localized(text, locale),
      isNew: isNew(name),
      checked: choice === undefined || choice.scopes.includes(name),
    })),
    organizers:
      organizers?.map(({ slug, name }) => ({
        slug,
        name: localized(name, locale),
        earlier: earlier.has(slug),
        checked: ticked.has(slug),
      })) ?? null,
    organizerLimit: ORGANIZERS_PER_GRANT,
    noOrganizers: organizers?.length === 0,
    askPassword: page.askPassword,
    confirmAt: page.confirmAt,
    errors: page.errors,
    timezone: user.timezone,
  };
}

/** Never one that the user has joined since the last time: that one is a choice to make. */
function preselection({ organizers = [], lastGrant }: ConsentRequest): readonly string[] {
  if (lastGrant !== undefined) {
    const today = new Set(organizers.map(({ slug }) => slug));
    return lastGrant.organizers.filter((slug) => today.has(slug)).slice(0, ORGANIZERS_PER_GRANT);
  }
  // Where there is just one, ticking it would be a riddle and no choice.
  return organizers.length === 1 ? organizers.map(({ slug }) => slug) : [];
}

/** Reasons that may pass: the page is forbidden, and not gone. */
const FORBIDDEN: ReadonlySet<OverInteraction['reason']> = new Set([
  'application_suspended',
  'application_disabled',
  'awaits_review',
]);

/** The status of the page for a request that can't be answered. */
export function statusOfOver({ reason }: OverInteraction): 403 | 410 {
  return isForeign(reason) || FORBIDDEN.has(reason) ? 403 : 410;
}
