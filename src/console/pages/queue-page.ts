import { pictureUrl } from '../../applications/picture.ts';
import { kindsToReview } from '../../applications/review-need.ts';
import { countWaiting, listWaiting } from '../../applications/review-store.ts';
import {
  applicationChips,
  applicationPath,
  compareWithReview,
  ownerOf,
  redirectHosts,
  reviewWarnings,
} from './application-presenters.ts';
import { CONSOLE, joined, penOf, renderList, shown, sliceOf } from './list-view.ts';
import { operatorPage } from './operator-page.ts';

/** Lists the applications that wait for a review, those that wait longest first. */
export const queuePage = operatorPage({
  path: CONSOLE,
  show: async (request) => {
    const { deps } = request;
    const pen = penOf(request);
    const kinds = kindsToReview(deps.config);
    const { count } = await countWaiting(deps.db, kinds);
    const waiting = await listWaiting(deps.db, kinds, sliceOf(request));
    return renderList(request, {
      section: 'queue',
      count,
      rows: waiting.map((application) => {
        const href = applicationPath(application.clientId);
        const { changes, summary } = compareWithReview(application, application, pen);
        const warnings = reviewWarnings(deps.config, application, pen);
        return {
          title: shown(application.name),
          below: joined(
            ownerOf(application, pen),
            pen.t('console.since', { when: pen.when(application.since) }),
          ),
          picture: pictureUrl(application),
          chips: [
            ...(application.ownerId === request.user.id
              ? [{ text: pen.t('console.own'), kind: 'warning' } as const]
              : []),
            ...warnings
              .slice(0, 1)
              .map(() => ({ text: pen.t('console.warning'), kind: 'warning' }) as const),
            ...applicationChips(application, pen).filter(({ kind }) => kind !== 'good'),
          ],
          facts: [
            [
              pen.t(
                application.lastReviewedAt === null ? 'console.first_review' : 'console.changes',
              ),
              [summary ?? changes.map(({ field }) => field).join(', ')],
            ],
            [pen.t('console.warning'), warnings],
            [pen.t('console.field.hosts'), redirectHosts(application)],
            [pen.t('console.field.scopes'), application.scopes],
            [pen.t('console.field.users'), [String(application.connectedUsers)]],
          ],
          action: { label: pen.t('console.review'), href },
        };
      }),
    });
  },
});
