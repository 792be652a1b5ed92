import { listOwnDeletions } from '../../deletions/store.ts';
import { linkTo } from '../../http/link-to.ts';
import { oneOf, render } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { matches, readSearch } from '../../lib/search.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import { type ApplicationState, applicationState, isReviewed } from '../application.ts';
import { listOwnApplications } from '../own-store.ts';
import { monogramUrl } from '../picture.ts';
import { mayRegister } from '../register.ts';
import { type ReviewNeed, type ReviewSettings, reviewNeed } from '../review-need.ts';
import { incomingTransfers } from '../transfer-store.ts';
import { APPLICATIONS } from './owner-page.ts';
import { type ApplicationHeader, presentHeader } from './presenters.ts';

/** Results of changes that end on the list. */
export const NOTICES = ['deleted', 'transfer_accepted', 'transfer_declined'] as const;

/** The user's own applications, and those that other users offer to transfer. */
interface ListProps {
  readonly applications: readonly (ApplicationHeader & {
    /** Color of the state. */
    readonly tone: (typeof TONES)[ApplicationState];
    readonly suspensionReason: string | null;
    readonly connectedUsers: number;
    readonly lastUsedAt: Date | null;
    /** Failed requests of the last 24 hours, of the newest 100. */
    readonly failures: number;
    readonly reviewNeed: ReviewNeed | undefined;
    /** The owner waits for a review. */
    readonly inReview: boolean;
  })[];
  readonly transfers: readonly {
    readonly name: string;
    readonly monogram: string;
    /** Name of the owner. */
    readonly from: string;
    /** It cannot be accepted. */
    readonly suspended: boolean;
    readonly acceptAction: string;
    readonly declineAction: string;
  }[];
  /** Deleted applications whose authorizations are being removed. */
  readonly deletions: readonly {
    readonly name: string;
    readonly grants: number | null;
    readonly removed: number;
  }[];
  readonly filter: {
    readonly action: string;
    readonly q: string;
    readonly failing: boolean;
    readonly state: FilterState | undefined;
    readonly states: readonly FilterState[];
    readonly withoutFailing: string;
    readonly withoutState: string;
    /** There are enough applications to look for one, or a filter is set. */
    readonly isOffered: boolean;
  };
  /** The user has applications, found or not. */
  readonly any: boolean;
  readonly mayRegister: boolean;
  readonly notice: (typeof NOTICES)[number] | undefined;
  readonly timezone: string;
}

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

type OwnApplication = Awaited<ReturnType<typeof listOwnApplications>>[number];

const listView = view<ListProps>('applications/list');

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
    return render(listView, {
      applications: found.map(({ application, ...one }) => ({
        ...presentHeader(application),
        tone: TONES[applicationState(application)],
        suspensionReason: application.suspensionReason,
        connectedUsers: one.connectedUsers,
        lastUsedAt: one.lastUsedAt,
        failures: one.recentFailures,
        reviewNeed: reviewNeed(deps.config, application),
        inReview: statesOf(deps.config, { application, ...one }).includes('in_review'),
      })),
      transfers: transfers.map(({ application: { clientId, name, suspendedAt }, fromName }) => ({
        name,
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
        isOffered: own.length >= MANY || search.text !== '' || failing || state !== undefined,
      },
      any: own.length > 0,
      mayRegister: mayRegister(deps.config, user),
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
