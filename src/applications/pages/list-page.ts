import { listOwnDeletions } from '../../deletions/store.ts';
import { linkTo } from '../../http/link-to.ts';
import { oneOf, render } from '../../http/page.ts';
import { matches, readSearch } from '../../lib/search.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import { applicationState, isReviewed } from '../application.ts';
import { listOwnApplications, type OwnApplication } from '../own-store.ts';
import { monogramUrl } from '../picture.ts';
import { mayRegister } from '../register.ts';
import { type ReviewSettings, reviewNeed } from '../review-need.ts';
import { incomingTransfers } from '../transfer-store.ts';
import { APPLICATIONS } from './owner-page.ts';
import { presentHeader } from './presenters.ts';

/** Results of changes that end on the list. */
export const NOTICES = ['deleted', 'transfer_accepted', 'transfer_declined'] as const;

/** States to filter by. An application can have several. */
const FILTER_STATES = [
  'active',
  'in_review',
  'reviewed',
  'not_reviewed',
  'disabled',
  'suspended',
] as const;
type FilterState = (typeof FILTER_STATES)[number];

/** With fewer applications, the list has no search. */
const MANY = 6;

const TONES = { active: 'good', disabled: 'warning', suspended: 'stopped' } as const;

/** Lists the user's own applications. */
export const listPage = userPage({
  path: APPLICATIONS,
  show: async ({ deps, user, query }) => {
    const own = await listOwnApplications(deps.db, user.id);
    const deletions = await listOwnDeletions(deps.db, user.id);
    const transfers = await incomingTransfers(deps.db, user.id);
    const search = readSearch(query.q);
    const failing = query.failing === 'true';
    const state = oneOf(FILTER_STATES, query.state);
    const found = own.filter(
      (one) =>
        matches(search, [one.application.name]) &&
        (!failing || one.recentFailures > 0) &&
        (state === undefined || statesOf(deps.config, one).includes(state)),
    );
    return render('applications/list', {
      applications: found.map(({ application, ...one }) => ({
        ...presentHeader(application),
        // Color of the state.
        tone: TONES[applicationState(application)],
        suspensionReason: application.suspensionReason,
        connectedUsers: one.connectedUsers,
        lastUsedAt: one.lastUsedAt,
        // Of the last 24 hours, of the newest 100.
        failures: one.recentFailures,
        reviewNeed: reviewNeed(deps.config, application),
        // The owner waits for a review.
        inReview: statesOf(deps.config, { application, ...one }).includes('in_review'),
      })),
      transfers: transfers.map(({ application: { clientId, name, suspendedAt }, fromName }) => ({
        name,
        // It cannot be accepted.
        suspended: suspendedAt !== null,
        monogram: monogramUrl(name),
        from: visibleLine(fromName) || '…',
        acceptAction: `${APPLICATIONS}/transfers/${clientId}/accept`,
        declineAction: `${APPLICATIONS}/transfers/${clientId}/decline`,
      })),
      filter: {
        action: APPLICATIONS,
        q: search.text,
        failing,
        state,
        states: FILTER_STATES,
        withoutFailing: linkTo(APPLICATIONS, { q: search.text, state }),
        withoutState: linkTo(APPLICATIONS, {
          q: search.text,
          failing: failing ? 'true' : undefined,
        }),
        // There are enough applications to look for one, or a filter is set.
        isOffered: own.length >= MANY || search.text !== '' || failing || state !== undefined,
      },
      // The user has applications, found or not.
      any: own.length > 0,
      mayRegister: mayRegister(deps.config, user),
      // Deleted applications whose authorizations are being removed.
      deletions: deletions.map(({ application, ...progress }) => ({
        ...progress,
        name: visibleLine(application) || '…',
      })),
      notice: oneOf(NOTICES, query.notice),
      timezone: user.timezone,
    });
  },
});

function statesOf(
  config: ReviewSettings,
  { application, reviewTalk }: Pick<OwnApplication, 'application' | 'reviewTalk'>,
): FilterState[] {
  const state = applicationState(application);
  if (isReviewed(application)) {
    return [state, 'reviewed'];
  }
  const waits =
    reviewTalk === 'requested' ||
    (reviewTalk === null && reviewNeed(config, application) === 'registration');
  return waits && state === 'active'
    ? [state, 'not_reviewed', 'in_review']
    : [state, 'not_reviewed'];
}
