import { listOwnDeletions } from '../../deletions/store.ts';
import { oneOf, render } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
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
    readonly suspensionReason: string | null;
    readonly connectedUsers: number;
    readonly lastUsedAt: Date | null;
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
  readonly mayRegister: boolean;
  readonly notice: (typeof NOTICES)[number] | undefined;
  readonly timezone: string;
}

const listView = view<ListProps>('applications/list');

/** Lists the user's own applications. */
export const listPage = userPage({
  path: APPLICATIONS,
  show: async ({ deps, user, query }) => {
    const own = await listOwnApplications(deps.db, user.id);
    const deletions = await listOwnDeletions(deps.db, user.id);
    const transfers = await incomingTransfers(deps.db, user.id);
    return render(listView, {
      applications: own.map(({ application, connectedUsers, lastUsedAt }) => ({
        ...presentHeader(application),
        suspensionReason: application.suspensionReason,
        connectedUsers,
        lastUsedAt,
        reviewNeed: reviewNeed(deps.config, application),
      })),
      transfers: transfers.map(({ application: { clientId, name }, fromName }) => ({
        name,
        monogram: monogramUrl(name),
        from: visibleLine(fromName) || '…',
        acceptAction: `${APPLICATIONS}/transfers/${clientId}/accept`,
        declineAction: `${APPLICATIONS}/transfers/${clientId}/decline`,
      })),
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
