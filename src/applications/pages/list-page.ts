import { listOwnDeletions } from '../../deletions/store.ts';
import { linkTo } from '../../http/link-to.ts';
import { oneOf, render } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { matches, readSearch } from '../../lib/search.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import { type ApplicationState, applicationState } from '../application.ts';
import { monogramUrl } from '../monogram.ts';
import { listOwnApplications } from '../own-store.ts';
import { mayRegister } from '../registration.ts';
import { type ReviewNeed, reviewNeed } from '../review-need.ts';
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
  })[];
  readonly transfers: readonly {
    readonly name: string;
    readonly monogram: string;
    /** Name of the owner. */
    readonly from: string;
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
    readonly withoutFailing: string;
  };
  /** The user has applications, found or not. */
  readonly any: boolean;
  readonly mayRegister: boolean;
  readonly notice: (typeof NOTICES)[number] | undefined;
  readonly timezone: string;
}

const TONES = { active: 'good', disabled: 'warning', suspended: 'stopped' } as const;

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
    const found = own.filter(
      ({ application, recentFailures }) =>
        matches(search, [application.name]) && (!failing || recentFailures > 0),
    );
    return render(listView, {
      applications: found.map(({ application, connectedUsers, lastUsedAt, recentFailures }) => ({
        ...presentHeader(application),
        tone: TONES[applicationState(application)],
        suspensionReason: application.suspensionReason,
        connectedUsers,
        lastUsedAt,
        failures: recentFailures,
        reviewNeed: reviewNeed(deps.config, application),
      })),
      transfers: transfers.map(({ application: { clientId, name }, fromName }) => ({
        name,
        monogram: monogramUrl(name),
        from: visibleLine(fromName) || '…',
        acceptAction: `${APPLICATIONS}/transfers/${clientId}/accept`,
        declineAction: `${APPLICATIONS}/transfers/${clientId}/decline`,
      })),
      filter: {
        action: APPLICATIONS,
        q: search.text,
        failing,
        withoutFailing: linkTo(APPLICATIONS, { q: search.text }),
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
