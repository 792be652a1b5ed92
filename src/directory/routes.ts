import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { readEndpoint } from '../api/read-endpoint.ts';
import { deleteEndpoint, writeEndpoint } from '../api/write-endpoint.ts';
import type { Config } from '../config/config.ts';
import type { UpstreamConfig } from '../config/upstream.ts';
import type { Tx } from '../db/transaction.ts';
import type { HashPassword } from '../users/password.ts';
import { type PasswordQueue, passwordWork } from '../users/password-queue.ts';
import type { ProvisionedUser } from '../users/user.ts';
import { findProvisionedUser, listUsers } from '../users/user-store.ts';
import { deleteOrganizer, putOrganizer } from './change-organizer.ts';
import { bulkEndpoint } from './import/routes.ts';
import { findOrganizer, listOrganizers } from './organizer-store.ts';
import { putAnswer } from './put-outcome.ts';
import { withSubject, withSubjects } from './set-identity.ts';
import { teamEndpoints } from './team-routes.ts';
import {
  organizerAnswer,
  organizerBody,
  organizerQuery,
  presentOrganizer,
  presentUser,
  readIdentity,
  readUser,
  userAnswer,
  userBody,
  userChanges,
  userQuery,
} from './wire.ts';
import { deleteUser, patchUser, putUser } from './write-user.ts';

/** `/api/v1/users/` and `/api/v1/directory/`, for the platform: its copy of the directory. */
export function directoryEndpoints(
  deps: ApiDeps,
  { permissions, upstream }: Pick<Config, 'permissions' | 'upstream'>,
  passwordQueue: PasswordQueue,
): Endpoint[] {
  const hash = passwordWork(passwordQueue, 'trusted').hashUnlessKnown;
  const hashImported = passwordWork(passwordQueue, 'import').hashUnlessKnown;
  return [
    ...userReading(deps, upstream?.issuer),
    ...userWriting(deps, upstream, hash),
    ...organizerEndpoints(deps),
    ...teamEndpoints(deps, permissions),
    bulkEndpoint(deps, { permissions, upstream }, hashImported),
  ];
}

const USER = {
  path: '/users/:id',
  right: 'directory',
  tag: 'Users',
  params: { id: { description: 'ID of the user: 1 to 64 of A-Z a-z 0-9 . _ -', example: 'ada' } },
} as const;

function userReading(deps: ApiDeps, issuer: string | undefined): Endpoint[] {
  return [
    listEndpoint(deps, {
      path: '/users',
      right: 'directory',
      tag: 'Users',
      id: 'listUsers',
      summary: 'List users',
      query: userQuery,
      entry: userAnswer,
      conditional: { by: 'last-modified', list: () => 'users' },
      load: async (tx, { query, slice }) => {
        const filters = {
          email: query.email,
          isActive: query.is_active,
          isOperator: query.is_operator,
        };
        const users = await listUsers(tx, slice, filters, query.ordering);
        return { ...users, entries: await withSubjects(tx, issuer, users.entries) };
      },
      present: presentUser,
    }),
    readEndpoint(deps, {
      ...USER,
      id: 'getUser',
      summary: 'Read a user',
      answer: userAnswer,
      list: () => 'users',
      load: async (tx, param) => {
        const user = await findProvisionedUser(tx, param('id'));
        return user && withSubject(tx, issuer, user);
      },
      present: presentUser,
    }),
  ];
}

function userWriting(
  deps: ApiDeps,
  upstream: UpstreamConfig | undefined,
  hash: HashPassword,
): Endpoint[] {
  const present = async (tx: Tx, user: ProvisionedUser) =>
    presentUser(await withSubject(tx, upstream?.issuer, user));
  return [
    writeEndpoint(deps, {
      ...USER,
      method: 'put',
      id: 'putUser',
      summary: 'Create or replace a user',
      details:
        'Omitted fields get their defaults, except the password, `upstream_subject` and `is_operator`, which stay unchanged. Repeating the call changes nothing. Another password, or another subject at the platform’s login, signs the user out everywhere.',
      body: userBody,
      answer: userAnswer,
      statuses: { 200: 'The existing user.', 201: 'The user was created.' },
      run: async ({ tx, operator, param, body }) => {
        const input = readUser(upstream, body);
        const { user, outcome } = await putUser(tx, operator, param('id'), input, hash);
        return putAnswer(outcome, await present(tx, user));
      },
    }),
    writeEndpoint(deps, {
      ...USER,
      method: 'patch',
      id: 'patchUser',
      summary: 'Update fields of a user',
      body: userChanges,
      answer: userAnswer,
      statuses: { 200: 'The updated user.' },
      run: async ({ tx, operator, param, body }) => {
        const { full_name, is_active, is_operator, upstream_subject: _, ...rest } = body;
        const identity = readIdentity(upstream, body);
        const fields = { fullName: full_name, isActive: is_active, isOperator: is_operator };
        const changes = { ...rest, ...fields, identity };
        const { user, changed } = await patchUser(tx, operator, param('id'), changes, hash);
        return { status: 200, changed, answer: await present(tx, user) };
      },
    }),
    deleteEndpoint(deps, {
      ...USER,
      id: 'deleteUser',
      summary: 'Delete a user',
      details:
        'Also deletes sessions, grants and tokens immediately. Applications stay, without an owner.',
      deleted: 'The user was deleted.',
      run: ({ tx, actor, param }) => deleteUser(tx, actor, param('id')),
    }),
  ];
}

const ORGANIZER = {
  path: '/directory/organizers/:slug',
  right: 'directory',
  tag: 'Organizers and teams',
  params: {
    slug: {
      description:
        'Slug of the organizer: 1 to 64 of A-Z a-z 0-9 . _ -, starting with a letter or digit',
      example: 'oldmill',
    },
  },
} as const;

function organizerEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    listEndpoint(deps, {
      path: '/directory/organizers',
      right: 'directory',
      tag: 'Organizers and teams',
      id: 'listOrganizers',
      summary: 'List organizers',
      query: organizerQuery,
      entry: organizerAnswer,
      conditional: { by: 'last-modified', list: () => 'organizers' },
      load: (tx, { query, slice }) => listOrganizers(tx, slice, query.ordering.direction),
      present: presentOrganizer,
    }),
    readEndpoint(deps, {
      ...ORGANIZER,
      id: 'getOrganizer',
      summary: 'Read an organizer',
      answer: organizerAnswer,
      list: () => 'organizers',
      load: (tx, param) => findOrganizer(tx, param('slug')),
      present: presentOrganizer,
    }),
    writeEndpoint(deps, {
      ...ORGANIZER,
      method: 'put',
      id: 'putOrganizer',
      summary: 'Create or rename an organizer',
      body: organizerBody,
      answer: organizerAnswer,
      statuses: { 200: 'The existing organizer.', 201: 'The organizer was created.' },
      run: async ({ tx, actor, param, body }) => {
        const { organizer, outcome } = await putOrganizer(tx, actor, param('slug'), body);
        return putAnswer(outcome, presentOrganizer(organizer));
      },
    }),
    deleteEndpoint(deps, {
      ...ORGANIZER,
      id: 'deleteOrganizer',
      summary: 'Delete an organizer and its teams',
      details: 'Grants stay, but no longer give access to it.',
      deleted: 'The organizer was deleted.',
      run: ({ tx, actor, param }) => deleteOrganizer(tx, actor, param('slug')),
    }),
  ];
}
