import { pictureUrl } from '../../applications/picture.ts';
import { listApplications } from '../../applications/store.ts';
import { oneOf } from '../../http/page.ts';
import {
  applicationChips,
  applicationPath,
  ownerOf,
  redirectHosts,
} from './application-presenters.ts';
import { CONSOLE, choice, penOf, queryText, renderList, shown, sliceOf } from './list-view.ts';
import { operatorPage } from './operator-page.ts';

const STATES = ['reviewed', 'not_reviewed', 'suspended'] as const;

/** Lists applications, the newest first, by name, client ID or owner, and by state. */
export const applicationsPage = operatorPage({
  path: `${CONSOLE}/applications`,
  show: async (request) => {
    const { deps, query } = request;
    const pen = penOf(request);
    const search = queryText(request, 'q');
    const state = oneOf(STATES, query.state);
    const { entries, count } = await listApplications(
      deps.db,
      sliceOf(request),
      {
        search: search || undefined,
        reviewed: state === 'reviewed' ? true : state === 'not_reviewed' ? false : undefined,
        suspended: state === 'suspended' ? true : undefined,
      },
      'desc',
    );
    return renderList(request, {
      section: 'applications',
      count,
      filters: [
        { name: 'q', label: pen.t('console.applications.search'), value: search },
        choice(pen, 'state', STATES, state, (one) =>
          pen.t(one === 'suspended' ? 'console.state.suspended' : `console.${one}`),
        ),
      ],
      rows: entries.map((application) => ({
        title: shown(application.name),
        below: ownerOf(application, pen),
        picture: pictureUrl(application),
        chips: applicationChips(application, pen),
        facts: [
          [pen.t('console.field.client_id'), [application.clientId]],
          [pen.t('console.field.hosts'), redirectHosts(application)],
          [pen.t('console.field.scopes'), application.scopes],
          [pen.t('console.field.created'), [pen.when(application.createdAt)]],
        ],
        action: { label: pen.t('console.open'), href: applicationPath(application.clientId) },
      })),
    });
  },
});
