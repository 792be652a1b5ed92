import { listApplications } from '../../applications/store.ts';
import { oneOf } from '../../http/page.ts';
import { applicationChips, applicationPath, redirectHosts } from './application-presenters.ts';
import { CONSOLE, penOf, queryText, renderList, shown, sliceOf } from './list-view.ts';
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
        search: search === '' ? undefined : search,
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
        {
          name: 'state',
          label: pen.t('console.field.state'),
          value: state ?? '',
          options: [
            { value: '', text: pen.t('console.all') },
            ...STATES.map((value) => ({
              value,
              text: pen.t(value === 'suspended' ? 'console.state.suspended' : `console.${value}`),
            })),
          ],
        },
      ],
      rows: entries.map((application) => ({
        title: shown(application.name),
        href: applicationPath(application.clientId),
        meta: [
          shown(application.ownerName ?? application.ownerId ?? pen.t('console.no_owner')),
          redirectHosts(application).slice(0, 2).join(', '),
          pen.when(application.createdAt),
        ],
        chips: applicationChips(application, pen),
      })),
    });
  },
});
