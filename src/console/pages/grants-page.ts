import { pictureUrl } from '../../applications/picture.ts';
import { findApplication, selectNamesAndLogos } from '../../applications/store.ts';
import type { Db } from '../../db/database.ts';
import {
  findManagedGrant,
  listManagedGrants,
  type ManagedGrant,
} from '../../grants/management-store.ts';
import { revokeGrant } from '../../grants/revoke.ts';
import { oneOf } from '../../http/page.ts';
import { found } from '../../lib/errors.ts';
import { findUser, selectUserNames } from '../../users/user-store.ts';
import { confirmPage } from './confirm-page.ts';
import {
  type Chip,
  CONSOLE,
  choice,
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
    const { db } = request.deps;
    const user = queryText(request, 'user');
    const application = queryText(request, 'application');
    const organizer = queryText(request, 'organizer');
    const state = oneOf(STATES, request.query.state);
    const { entries, count } = await listManagedGrants(db, sliceOf(request), {
      userId: user || undefined,
      clientId: application || undefined,
      organizer: organizer || undefined,
      active: state && state === 'active',
    });
    const users = await selectUserNames(
      db,
      entries.map(({ userId }) => userId),
    );
    const applications = await selectNamesAndLogos(
      db,
      entries.map(({ clientId }) => clientId),
    );
    const { t, when } = pen;
    return renderList(request, {
      section: 'grants',
      count,
      filters: [
        { name: 'user', label: t('console.field.user'), value: user },
        { name: 'application', label: t('console.field.client_id'), value: application },
        { name: 'organizer', label: t('console.field.organizer'), value: organizer },
        choice(pen, 'state', STATES, state, (one) => t(`console.grant.${one}`)),
      ],
      rows: entries.map((grant) => {
        const { id, userId, clientId } = grant;
        const active = isActive(grant);
        const application = applications.get(clientId) ?? { name: clientId, logo: null };
        return {
          title: shown(application.name),
          below: shown(users.get(userId) ?? userId),
          picture: pictureUrl(application),
          chips: [stateChip(active, pen)],
          facts: [
            [t('console.field.user'), [userId]],
            [t('console.field.client_id'), [clientId]],
            [t('console.field.scopes'), grant.scopes],
            [t('console.field.organizer'), grant.organizers],
            [t('console.field.resources'), grant.resources.map(shown)],
            [t('console.field.granted'), [when(grant.createdAt)]],
            [t('console.field.last_used'), [when(grant.lastUsedAt)]],
            [
              t('console.field.reason'),
              grant.revocationReason ? [t(`console.ended.${grant.revocationReason}`)] : [],
            ],
          ],
          ...(active && {
            action: {
              label: t('console.revoke_grant'),
              href: `${PATH}/${id}/revoke`,
              danger: true,
            },
          }),
        };
      }),
    });
  },
});

function stateChip(active: boolean, { t }: Pen): Chip {
  return active
    ? { text: t('console.grant.active'), kind: 'good' }
    : { text: t('console.grant.ended'), kind: '' };
}

function isActive({ revokedAt, expiresAt, endsAt }: ManagedGrant): boolean {
  const isAhead = (end: Date) => end.getTime() > Date.now();
  return revokedAt === null && isAhead(expiresAt) && (endsAt === null || isAhead(endsAt));
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
    const found = await findApplication(request.deps.db, clientId);
    const application = shown(found?.name ?? clientId);
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
  return found(await findManagedGrant(db, params.id ?? ''), 'There is no such authorization.');
}
