import { isAction, type LogEntry } from '../../audit/log-entry.ts';
import { listLog } from '../../audit/log-store.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import {
  CONSOLE,
  type Fact,
  joined,
  type Pen,
  penOf,
  queryText,
  renderList,
  sliceOf,
} from './list-view.ts';
import { operatorPage } from './operator-page.ts';

/** Longest detail of an entry, in characters. */
const DETAIL_LIMIT = 200;

/** Lists the log by user, action and time, the newest first. */
export const logPage = operatorPage({
  path: `${CONSOLE}/log`,
  show: async (request) => {
    const pen = penOf(request);
    const user = queryText(request, 'user');
    const action = queryText(request, 'action');
    const since = queryText(request, 'since');
    const day = /^\d{4}-\d{2}-\d{2}$/.test(since) ? new Date(since) : undefined;
    const { entries, count } = await listLog(request.deps.db, sliceOf(request), {
      userId: user || undefined,
      action: isAction(action) ? action : undefined,
      since: day !== undefined && !Number.isNaN(day.getTime()) ? day : undefined,
    });
    return renderList(request, {
      section: 'log',
      count,
      filters: [
        { name: 'user', label: pen.t('console.field.user'), value: user },
        { name: 'action', label: pen.t('console.field.action'), value: action },
        { name: 'since', label: pen.t('console.field.since'), value: since, type: 'date' },
      ],
      rows: entries.map((entry) => ({
        title: entry.action.replace(/^stagedoor\./, ''),
        below: joined(pen.when(entry.happenedAt), entry.actor, entry.ip ?? ''),
        facts: factsOf(entry, pen)
          .filter(([, value]) => value !== '')
          .map(([label, value]): Fact => [label, [value]]),
      })),
    });
  },
});

function factsOf({ userId, clientId, data }: LogEntry, { t }: Pen): [string, string][] {
  return [
    [t('console.field.user'), userId ?? ''],
    [t('console.field.client_id'), clientId ?? ''],
    ...Object.entries(data).map(([name, value]): [string, string] => [detail(name), detail(value)]),
  ];
}

function detail(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return visibleLine(text ?? '').slice(0, DETAIL_LIMIT);
}
