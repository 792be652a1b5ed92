import { Router } from '@koa/router';
import { readJson } from '../api/json-body.ts';
import { listPage, type Slice } from '../api/list.ts';
import { type OperatorState, requireOperator } from '../api/operator.ts';
import { found, param } from '../api/route.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { deleteOrganizer } from './delete-organizer.ts';
import { deleteTeam } from './delete-team.ts';
import { deleteUser } from './delete-user.ts';
import { findOrganizer } from './find-organizer.ts';
import { findTeam } from './find-team.ts';
import { findUser } from './find-user.ts';
import { listOrganizers } from './list-organizers.ts';
import { listTeams } from './list-teams.ts';
import { listUsers } from './list-users.ts';
import { patchUser } from './patch-user.ts';
import { putOrganizer } from './put-organizer.ts';
import { putTeam } from './put-team.ts';
import { putUser } from './put-user.ts';
import {
  organizerBody,
  presentOrganizer,
  presentTeam,
  presentUser,
  teamBody,
  userBody,
  userChanges,
} from './wire.ts';

/** What the routes of the management API need. */
export interface DirectoryRoutesDeps {
  readonly database: Database;
  readonly config: Pick<Config, 'issuer' | 'permissions'>;
  /** Unset: the routes answer 401 to everybody. */
  readonly operatorToken: string | undefined;
}

/** `/api/v1/users/` and `/api/v1/directory/`, for the platform: its copy of the directory. */
export function directoryRoutes(deps: DirectoryRoutesDeps): Router<OperatorState> {
  const router = new Router<OperatorState>({ prefix: '/api/v1' });
  router.use(requireOperator(deps.operatorToken));
  addUserRoutes(router, deps);
  addOrganizerRoutes(router, deps);
  addTeamRoutes(router, deps);
  return router;
}

function addUserRoutes(
  router: Router<OperatorState>,
  { database: { db }, config }: DirectoryRoutesDeps,
): void {
  router.get('/users', async (ctx) => {
    ctx.body = await listPage(config.issuer, ctx.url, (slice) => listUsers(db, slice), presentUser);
  });
  router.get('/users/:id', async (ctx) => {
    ctx.body = presentUser(found(await findUser(db, param(ctx, 'id'))));
  });
  router.put('/users/:id', async (ctx) => {
    const { full_name, is_active, ...rest } = await readJson(ctx, userBody);
    const input = { ...rest, fullName: full_name, isActive: is_active };
    const { user, created } = await inTransaction(db, (tx) =>
      putUser(tx, ctx.state.actor, param(ctx, 'id'), input),
    );
    ctx.status = created ? 201 : 200;
    ctx.body = presentUser(user);
  });
  router.patch('/users/:id', async (ctx) => {
    const { full_name, is_active, ...rest } = await readJson(ctx, userChanges);
    const changes = { ...rest, fullName: full_name, isActive: is_active };
    const user = await inTransaction(db, (tx) =>
      patchUser(tx, ctx.state.actor, param(ctx, 'id'), changes),
    );
    ctx.body = presentUser(user);
  });
  router.delete('/users/:id', async (ctx) => {
    await inTransaction(db, (tx) => deleteUser(tx, ctx.state.actor, param(ctx, 'id')));
    ctx.status = 204;
  });
}

function addOrganizerRoutes(
  router: Router<OperatorState>,
  { database: { db }, config }: DirectoryRoutesDeps,
): void {
  router.get('/directory/organizers', async (ctx) => {
    const load = (slice: Slice) => listOrganizers(db, slice);
    ctx.body = await listPage(config.issuer, ctx.url, load, presentOrganizer);
  });
  router.get('/directory/organizers/:slug', async (ctx) => {
    ctx.body = presentOrganizer(found(await findOrganizer(db, param(ctx, 'slug'))));
  });
  router.put('/directory/organizers/:slug', async (ctx) => {
    const body = await readJson(ctx, organizerBody);
    const { organizer, created } = await inTransaction(db, (tx) =>
      putOrganizer(tx, ctx.state.actor, param(ctx, 'slug'), body),
    );
    ctx.status = created ? 201 : 200;
    ctx.body = presentOrganizer(organizer);
  });
  router.delete('/directory/organizers/:slug', async (ctx) => {
    await inTransaction(db, (tx) => deleteOrganizer(tx, ctx.state.actor, param(ctx, 'slug')));
    ctx.status = 204;
  });
}

function addTeamRoutes(
  router: Router<OperatorState>,
  { database: { db }, config }: DirectoryRoutesDeps,
): void {
  const body = teamBody(config.permissions);
  const teams = '/directory/organizers/:slug/teams';
  router.get(teams, async (ctx) => {
    const slug = param(ctx, 'slug');
    const load = (slice: Slice) => listTeams(db, slug, slice);
    ctx.body = await listPage(config.issuer, ctx.url, load, presentTeam);
  });
  router.get(`${teams}/:id`, async (ctx) => {
    ctx.body = presentTeam(found(await findTeam(db, param(ctx, 'slug'), param(ctx, 'id'))));
  });
  router.put(`${teams}/:id`, async (ctx) => {
    const input = await readJson(ctx, body);
    const { team, created } = await inTransaction(db, (tx) =>
      putTeam(tx, ctx.state.actor, param(ctx, 'slug'), param(ctx, 'id'), input),
    );
    ctx.status = created ? 201 : 200;
    ctx.body = presentTeam(team);
  });
  router.delete(`${teams}/:id`, async (ctx) => {
    await inTransaction(db, (tx) =>
      deleteTeam(tx, ctx.state.actor, param(ctx, 'slug'), param(ctx, 'id')),
    );
    ctx.status = 204;
  });
}
