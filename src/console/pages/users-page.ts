import { oneOf } from '../../http/page.ts';
import { listUsers } from '../../users/user-store.ts';
import { CONSOLE, choice, penOf, queryText, renderList, shown, sliceOf } from './list-view.ts';
import { operatorPage } from './operator-page.ts';
import { userChips, userFacts } from './user-page.ts';

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
      search: search || undefined,
      isActive: state === 'active' ? true : state === 'inactive' ? false : undefined,
      isOperator: state === 'operator' ? true : undefined,
    });
    return renderList(request, {
      section: 'users',
      count,
      filters: [
        { name: 'q', label: pen.t('console.users.search'), value: search },
        choice(pen, 'state', STATES, state, (one) => pen.t(`console.user.${one}`)),
      ],
      rows: entries.map((user) => ({
        title: shown(user.fullName || user.email),
        below: shown(user.email),
        chips: userChips(user, pen),
        facts: userFacts(user, pen),
        action: { label: pen.t('console.open'), href: `${CONSOLE}/users/${user.id}` },
      })),
    });
  },
});
