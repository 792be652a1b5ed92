import { type LogSearch, searchLog } from '../../audit/search-store.ts';
import type { Db } from '../../db/database.ts';
import { endOfDay, startOfDay } from '../../grants/end-date.ts';
import { oneOf } from '../../http/page.ts';
import { pageLinks, pageRequest, sliceOfPage } from '../../http/page-links.ts';
import { isClientId } from '../../lib/client-id.ts';
import { listOperatorTokens } from '../../operators/store.ts';
import { isDirectoryId } from '../../users/user.ts';
import { listUsers } from '../../users/user-store.ts';
import { actionsOf, LOG_KINDS } from '../log-words.ts';
import { CONSOLE, choice, PER_PAGE, penOf, queryText, renderList, shown } from './list-view.ts';
import { presentEntries } from './log-presenters.ts';
import { type OperatorRequest, operatorPage } from './operator-page.ts';

const PATH = `${CONSOLE}/log`;
/** Operators of each kind that the filter offers. */
const OFFERED = 100;

/** Lists the log by user, application, operator, kind and day, the newest first. */
export const logPage = operatorPage({
  path: PATH,
  show: async (request) => {
    const { db } = request.deps;
    const { timezone } = request.user;
    const pen = penOf(request);
    const { t } = pen;
    const typed = {
      user: queryText(request, 'user'),
      application: queryText(request, 'application'),
      since: dayOf(queryText(request, 'since')),
      until: dayOf(queryText(request, 'until')),
    };
    const kind = oneOf(LOG_KINDS, request.query.kind);
    const operators = await operatorsOf(request);
    const names = [...operators.keys()];
    const operator = oneOf(names, request.query.operator);
    const userId = typed.user === '' ? undefined : await findUserId(db, typed.user);
    const filters = { ...typed, kind, operator };
    const page = pageRequest(PATH, filters, request.query);
    const search: LogSearch | undefined =
      userId === null || !(typed.application === '' || isClientId(typed.application))
        ? undefined
        : {
            userId,
            clientId: typed.application || undefined,
            operator,
            actions: kind && actionsOf(kind),
            since: startOfDay(typed.since, timezone),
            until: endOfDay(typed.until, timezone),
          };
    const part =
      search === undefined
        ? { entries: [], next: false, previous: false }
        : await searchLog(db, search, sliceOfPage(page, PER_PAGE));
    const { next, previous } = pageLinks(page, part);
    const answer = renderList(request, {
      section: 'log',
      count: undefined,
      filters: [
        { name: 'user', label: t('console.field.person'), value: typed.user },
        { name: 'application', label: t('console.field.client_id'), value: typed.application },
        choice(pen, 'operator', names, operator, (one) => operators.get(one) ?? one),
        choice(pen, 'kind', LOG_KINDS, kind, (one) => t(`console.log.kind.${one}`)),
        { name: 'since', label: t('console.field.since'), value: typed.since, type: 'date' },
        { name: 'until', label: t('console.field.until'), value: typed.until, type: 'date' },
      ],
      rows: await presentEntries(request, part.entries),
      next,
      previous,
    });
    return { answer, read: { filters: logged(search, filters), entries: part.entries.length } };
  },
});

/** Returns a day as a filter has it; empty if it is none. */
function dayOf(value: string): string {
  return startOfDay(value, 'UTC') === undefined ? '' : value;
}

/** Returns the ID of a user by ID or e-mail address; null if there can be none. */
async function findUserId(db: Db, typed: string): Promise<string | null> {
  if (!typed.includes('@')) {
    // The log knows users who were deleted, too.
    return isDirectoryId(typed) ? typed : null;
  }
  const { entries } = await listUsers(db, { limit: 1, offset: 0 }, { email: typed });
  return entries[0]?.id ?? null;
}

/** Returns the names of operators and tokens by how the log has them. */
async function operatorsOf({ deps, query }: OperatorRequest): Promise<Map<string, string>> {
  const slice = { limit: OFFERED, offset: 0 };
  const users = await listUsers(deps.db, slice, { isOperator: true });
  const tokens = await listOperatorTokens(deps.db, slice);
  const { operator: chosen } = query;
  return new Map([
    // One that is gone.
    ...(typeof chosen === 'string' && /^(user:)?[A-Za-z0-9._-]{1,64}$/.test(chosen)
      ? [[chosen, chosen] as [string, string]]
      : []),
    ...users.entries.map(({ id, fullName, email }): [string, string] => [
      `user:${id}`,
      shown(fullName || email),
    ]),
    ...[...new Set(tokens.entries.map(({ name }) => name)), 'cli', 'bootstrap'].map(
      (name): [string, string] => [name, name],
    ),
  ]);
}

/** Returns the filters for the log: a user by ID, because addresses must not outlive their user there. */
function logged(
  search: LogSearch | undefined,
  { user: _, ...filters }: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const given = search === undefined ? [] : Object.entries({ ...filters, user: search.userId });
  return Object.fromEntries(
    given.flatMap(([name, value]) => (value ? [[name, value] as const] : [])),
  );
}
