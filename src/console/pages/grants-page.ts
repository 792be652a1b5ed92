import { findApplication } from '../../applications/find-application.ts';
import type { Db } from '../../db/database.ts';
import { findManagedGrant } from '../../grants/find-managed-grant.ts';
import type { ManagedGrant } from '../../grants/managed-grant.ts';
import { listManagedGrants } from '../../grants/management-store.ts';
import { revokeGrant } from '../../grants/revoke.ts';
import { oneOf } from '../../http/page.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { findUser } from '../../users/find-user.ts';
import { confirmPage } from './confirm-page.ts';
import {
  type Chip,
  CONSOLE,
  type Pen,
  penOf,
  queryText,
  renderList,
  shown,
  sliceOf,
} from './list-view.ts';
import { type OperatorRequest, operatorPage } from './operator-page.ts';

const PATH = `${CONSOLE}/grants`;
const STATES = ['active', 'ended'] as const;

/** Lists authorizations by user, application and organizer, the newest first. */
export const grantsPage = operatorPage({
  path: PATH,
  show: async (request) => {
    const pen = penOf(request);
    const [user, application, organizer] = (['user', 'application', 'organizer'] as const).map(
      (name) => queryText(request, name),
    );
    const state = oneOf(STATES, request.query.state);
    const { entries, count } = await listManagedGrants(request.deps.db, sliceOf(request), {
      userId: user || undefined,
      clientId: application || undefined,
      organizer: organizer || undefined,
      active: state && state === 'active',
    });
    const names = new Map<string, string>();
    for (const { clientId } of entries) {
      if (!names.has(clientId)) {
        names.set(clientId, await applicationName(request, clientId));
      }
    }
    return renderList(request, {
      section: 'grants',
      count,
      filters: [
        { name: 'user', label: pen.t('console.field.user'), value: user ?? '' },
        { name: 'application', label: pen.t('console.field.client_id'), value: application ?? '' },
        { name: 'organizer', label: pen.t('console.field.organizer'), value: organizer ?? '' },
        {
          name: 'state',
          label: pen.t('console.field.state'),
          value: state ?? '',
          options: [
            { value: '', text: pen.t('console.all') },
            ...STATES.map((value) => ({ value, text: pen.t(`console.grant.${value}`) })),
          ],
        },
      ],
      rows: entries.map((grant) => {
        const active = isActive(grant);
        return {
          title: pen.t('console.grant.of', {
            application: names.get(grant.clientId) ?? '…',
            user: grant.userId,
          }),
          meta: [
            grant.scopes.join(', '),
            grant.organizers.join(', '),
            pen.t('console.grant.used', { when: pen.when(grant.lastUsedAt) }),
          ].filter((one) => one !== ''),
          chips: [stateChip(active, pen)],
          ...(active && {
            action: { label: pen.t('console.revoke_grant'), href: `${PATH}/${grant.id}/revoke` },
          }),
        };
      }),
    });
  },
});

function stateChip(active: boolean, { t }: Pen): Chip {
  return active
    ? { text: t('console.grant.active'), kind: 'active' }
    : { text: t('console.grant.ended'), kind: '' };
}

function isActive({ revokedAt, expiresAt, endsAt }: ManagedGrant): boolean {
  const now = Date.now();
  return revokedAt === null && expiresAt.getTime() > now && (endsAt?.getTime() ?? now + 1) > now;
}

async function applicationName({ deps }: OperatorRequest, clientId: string): Promise<string> {
  return shown((await findApplication(deps.db, clientId))?.name ?? clientId);
}

/** Revokes an authorization, after a confirmation and a recent sign-in. */
export const revokeGrantPage = confirmPage({
  path: `${PATH}/:id/revoke`,
  section: 'grants',
  what: 'revoke_grant',
  describe: async (request) => {
    const { userId, clientId } = await openGrant(request.deps.db, request);
    const user = await findUser(request.deps.db, userId);
    const name = shown(user?.fullName || user?.email || userId);
    const application = await applicationName(request, clientId);
    return penOf(request).t('console.grant.of', { application, user: name });
  },
  back: () => PATH,
  submit: async (request) => {
    const { tx, actor } = request;
    const { id, userId } = await openGrant(tx, request);
    await revokeGrant(tx, id, { reason: 'revoked_by_operator', actor });
    return `${PATH}?user=${userId}&notice=revoked`;
  },
});

/** @throws StagedoorError `not_found` */
async function openGrant(db: Db, { params }: OperatorRequest): Promise<ManagedGrant> {
  const grant = await findManagedGrant(db, params.id ?? '');
  if (grant === undefined) {
    throw new StagedoorError('not_found', 'There is no such authorization.');
  }
  return grant;
}
