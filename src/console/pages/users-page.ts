import { oneOf } from '../../http/page.ts';
import { listUsers } from '../../users/user-store.ts';
import { CONSOLE, penOf, queryText, renderList, shown, sliceOf } from './list-view.ts';
import { operatorPage } from './operator-page.ts';
import { userChips } from './user-page.ts';

const STATES = ['active', 'inactive', 'operator'] as const;

/** Lists users by ID, name or e-mail address, and by state. */
export const usersPage = operatorPage({
  path: `${CONSOLE}/users`,
  show: async (request) => {
    const { deps, query } = request;
    const pen = penOf(request);
    const search = queryText(request, 'q');
    const state = oneOf(STATES, query.state);
    const { entries, count } = await listUsers(deps.db, sliceOf(request), {
      search: search === '' ? undefined : search,
      isActive: state === 'active' ? true : state === 'inactive' ? false : undefined,
      isOperator: state === 'operator' ? true : undefined,
    });
    return renderList(request, {
      section: 'users',
      count,
      filters: [
        { name: 'q', label: pen.t('console.users.search'), value: search },
        {
          name: 'state',
          label: pen.t('console.field.state'),
          value: state ?? '',
          options: [
            { value: '', text: pen.t('console.all') },
            ...STATES.map((value) => ({ value, text: pen.t(`console.user.${value}`) })),
          ],
        },
      ],
      rows: entries.map((user) => ({
        title: shown(user.fullName || user.email),
        href: `${CONSOLE}/users/${user.id}`,
        meta: [shown(user.email), user.id],
        chips: userChips(user, pen),
      })),
    });
  },
});
