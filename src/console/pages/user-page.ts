import { record } from '../../audit/store.ts';
import type { Db } from '../../db/database.ts';
import type { Tx } from '../../db/transaction.ts';
import { patchUser } from '../../directory/write-user.ts';
import { noFields } from '../../http/form.ts';
import { type Page, render, seeOther } from '../../http/page.ts';
import { found, StagedoorError } from '../../lib/errors.ts';
import { roughAddress } from '../../lib/rough-address.ts';
import { deviceWords } from '../../mail/origin-words.ts';
import { endSessionsOf } from '../../sessions/end-sessions.ts';
import { listSessions } from '../../sessions/session-store.ts';
import type { ProvisionedUser } from '../../users/user.ts';
import { findProvisionedUser } from '../../users/user-store.ts';
import {
  type Chip,
  CONSOLE,
  type Fact,
  joined,
  noticeOf,
  type Pen,
  penOf,
  shown,
} from './list-view.ts';
import { type OperatorPageDeps, type OperatorRequest, operatorPage } from './operator-page.ts';

const PATH = `${CONSOLE}/users/:id`;
/** Maximum number of sessions on the page. */
const SHOWN = 20;

/** Returns the states of a user. */
export function userChips({ isActive, isOperator }: ProvisionedUser, { t }: Pen): Chip[] {
  return [
    {
      text: t(isActive ? 'console.user.active' : 'console.user.inactive'),
      kind: isActive ? 'good' : 'stopped',
    },
    ...(isOperator ? [{ text: t('console.user.operator'), kind: 'warning' } as const] : []),
  ];
}

/** Returns what the platform says of a user. */
export function userFacts(user: ProvisionedUser, { t }: Pen): Fact[] {
  return [
    [t('console.field.id'), [user.id]],
    [t('console.field.email'), [shown(user.email)]],
    [t('console.field.locale'), [user.locale || '–']],
    [t('console.field.timezone'), [user.timezone]],
  ];
}

/** Shows a user and their sessions. */
export const userPage = operatorPage({
  path: PATH,
  show: async (request) => {
    const user = await openUser(request.deps.db, request);
    const pen = penOf(request);
    const { when } = pen;
    const sessions = await listSessions(request.deps.db, user.id);
    return render('console/user', {
      title: shown(user.fullName || user.email),
      path: `${CONSOLE}/users/${user.id}`,
      chips: userChips(user, pen),
      facts: userFacts(user, pen),
      sessions: sessions
        .slice(0, SHOWN)
        .map(
          ({ userAgent, ip, lastSeenAt }): Fact => [
            deviceWords(userAgent ?? undefined, request.locale),
            [joined(roughAddress(ip) ?? '', when(lastSeenAt))],
          ],
        ),
      active: user.isActive,
      // Operators can't keep themselves out.
      self: user.id === request.user.id,
      grantsPath: `${CONSOLE}/grants?user=${user.id}`,
      applicationsPath: `${CONSOLE}/applications?q=${user.id}`,
      logPath: `${CONSOLE}/log?user=${user.id}`,
      notice: noticeOf(request, pen),
    });
  },
});

/** @throws StagedoorError `not_found` */
async function openUser(db: Db, { params }: OperatorRequest): Promise<ProvisionedUser> {
  return found(await findProvisionedUser(db, params.id ?? ''), 'There is no such user.');
}

/** Lets the user sign in again. */
export const activatePage = action('activate', (request) => setActive(request, true));

/** Keeps the user out and ends their sessions. */
export const deactivatePage = action('deactivate', (request) => setActive(request, false));

/** Signs the user out everywhere. */
export const signOutPage = action('sign-out', async ({ tx, actor, params: { id = '' } }) => {
  const ended = await endSessionsOf(tx, id);
  if (ended.length > 0) {
    const data = { count: ended.length };
    await record(tx, { action: 'stagedoor.user.sessions_ended', actor, userId: id, data });
  }
  return 'signed_out';
});

type Action = OperatorRequest & { readonly tx: Tx };

async function setActive(request: Action, isActive: boolean): Promise<string> {
  const { tx, operator, deps, user } = request;
  const { id = '' } = request.params;
  if (id === user.id) {
    throw new StagedoorError('conflict', 'Another operator can deactivate you.');
  }
  await patchUser(tx, operator, id, { isActive }, deps.hash);
  return isActive ? 'activated' : 'deactivated';
}

function action(verb: string, run: (request: Action) => Promise<string>): Page<OperatorPageDeps> {
  const home = ({ params }: OperatorRequest) =>
    `${CONSOLE}/users/${encodeURIComponent(params.id ?? '')}`;
  return operatorPage({
    path: `${PATH}/${verb}`,
    show: (request) => seeOther(home(request)),
    post: {
      form: noFields,
      submit: async (request) => {
        await openUser(request.tx, request);
        return seeOther(`${home(request)}?notice=${await run(request)}`);
      },
    },
  });
}
