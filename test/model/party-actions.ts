import assert from 'node:assert/strict';
import { AUTHORIZATIONS, confirm } from '../support/authorizations.ts';
import { authorize, signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { describe, type Page, showsForm, type UserAgent } from '../support/user-agent.ts';
import { exists, isLive, isOpen, LIFETIMES, type ModelGrant, type ModelUser } from './model.ts';
import { letTimePass, ORGANIZERS, putMembers, SCOPES } from './system.ts';
import type { ActionHandler, Walk } from './walk.ts';

/** Seconds: below all limits, above the code lifetime, above each other lifetime. */
const WAITS = [400, 800, 3_200, 10_400];

/** Changes by users, operators and the platform, and the passing of time. */
export const PARTY_ACTIONS = {
  authorize: async (walk) => {
    const owner = walk.pick(walk.model.users.filter(({ active, deleted }) => active && !deleted));
    const client = walk.model.applications[walk.choice % 2];
    if (owner === undefined || client === undefined) {
      return undefined;
    }
    const scopes = subset(SCOPES, walk.choice);
    const organizers = subset([...owner.organizers], walk.choice >> 3);
    const needed = scopes.some((scope) => scope !== 'profile');
    const allowed = isOpen(client) && (owner.organizers.size > 0 || !needed);
    const previous = (walk.choice >> 6) % 2 === 0 ? 'replace' : 'keep';
    const authorization = await authorize(walk.server, {
      application: client.application,
      user: owner.user,
      agent: agentOf(walk, owner),
      scope: SCOPES.join(' '),
      parameters: { prompt: 'consent' },
      scopes,
      organizers,
      previous,
    }).catch(() => undefined);
    assert.equal(authorization?.parameters.code !== undefined, allowed);
    if (authorization === undefined || !allowed) {
      return 'authorize: refused';
    }
    const { rows } = await walk.database.query(
      `select g.id from grants g join authorization_codes c on c.grant_id = g.id
         where c.code_hash = sha256($1)`,
      [Buffer.from(authorization.parameters.code ?? '')],
    );
    const grant: ModelGrant = {
      id: rows[0].id,
      owner,
      client,
      scopes,
      organizers: needed ? organizers : [],
      ended: false,
    };
    await endReplaced(walk, grant, previous);
    walk.model.grants.push(grant);
    const expiresAt = walk.model.now + LIFETIMES.code;
    walk.model.codes.push({ authorization, grant, expiresAt, redeemed: false });
    return `${owner.user.id} gives grant ${walk.nameOf(grant)}: ${[...scopes, ...organizers]}`;
  },
  'revoke as the user': async (walk) => {
    const grant = walk.pick(walk.model.grants.filter(isListed(walk)));
    if (grant === undefined) {
      return undefined;
    }
    const agent = agentOf(walk, grant.owner);
    const page = await signedIn(walk, grant.owner, `${AUTHORIZATIONS}/${grant.id}/revoke`);
    assertListed(await confirm(agent, page));
    grant.ended = true;
    return `the user revokes grant ${walk.nameOf(grant)}`;
  },
  narrow: async (walk) => {
    const grant = walk.pick(walk.model.grants.filter(isListed(walk)));
    if (grant === undefined) {
      return undefined;
    }
    const scopes = subset(grant.scopes, walk.choice);
    const needed = scopes.some((scope) => scope !== 'profile');
    const organizers = needed ? subset(grant.organizers, walk.choice >> 3) : [];
    const page = await signedIn(walk, grant.owner, `${AUTHORIZATIONS}/${grant.id}/change`);
    const values = { scopes, organizers };
    assertListed(await agentOf(walk, grant.owner).submit(page, values, 'end_date'));
    grant.scopes = scopes;
    grant.organizers = organizers;
    return `the user narrows grant ${walk.nameOf(grant)} to ${[...scopes, ...organizers]}`;
  },
  'revoke as an operator': async (walk) => {
    const grant = walk.pick(walk.model.grants.filter(exists));
    if (grant === undefined) {
      return undefined;
    }
    await manage(walk.server, 'POST', `/api/v1/grants/${grant.id}/revoke/`);
    grant.ended = true;
    return `an operator revokes grant ${walk.nameOf(grant)}`;
  },
  'suspend or resume': async (walk) => {
    const client = walk.pick(walk.model.applications.filter(({ deleted }) => !deleted));
    if (client === undefined) {
      return undefined;
    }
    const { clientId } = client.application;
    const verb = client.suspended ? 'resume' : 'suspend';
    const body = client.suspended ? undefined : { reason: 'abuse' };
    await manage(walk.server, 'POST', `/api/v1/applications/${clientId}/${verb}/`, body);
    client.suspended = !client.suspended;
    return `${verb} application ${walk.nameOf(client)}`;
  },
  'disable or enable': async (walk) => {
    const client = walk.pick(walk.model.applications.filter(({ deleted }) => !deleted));
    if (client === undefined) {
      return undefined;
    }
    const path = `/api/v1/applications/${client.application.clientId}/`;
    await manage(walk.server, 'PATCH', path, { is_active: !client.enabled });
    client.enabled = !client.enabled;
    return `${client.enabled ? 'enable' : 'disable'} application ${walk.nameOf(client)}`;
  },
  'deactivate or activate': async (walk) => {
    const owner = walk.pick(walk.model.users.filter(({ deleted }) => !deleted));
    if (owner === undefined) {
      return undefined;
    }
    const path = `/api/v1/users/${owner.user.id}/`;
    await manage(walk.server, 'PATCH', path, { is_active: !owner.active });
    owner.active = !owner.active;
    return `${owner.active ? 'activate' : 'deactivate'} ${owner.user.id}`;
  },
  'join or leave': async (walk) => {
    const owner = walk.pick(walk.model.users.filter(({ deleted }) => !deleted));
    const organizer = ORGANIZERS[walk.choice % ORGANIZERS.length];
    if (owner === undefined || organizer === undefined) {
      return undefined;
    }
    const left = owner.organizers.delete(organizer);
    if (!left) {
      owner.organizers.add(organizer);
    }
    await putMembers(walk, walk.model, organizer);
    return `${owner.user.id} ${left ? 'leaves' : 'joins'} ${organizer}`;
  },
  'delete the application': async (walk) => {
    const client = walk.pick(walk.model.applications.filter(({ deleted }) => !deleted));
    if (client === undefined) {
      return undefined;
    }
    const { clientId } = client.application;
    await manage(walk.server, 'DELETE', `/api/v1/applications/${clientId}/`);
    client.deleted = true;
    return `delete application ${walk.nameOf(client)}`;
  },
  'delete the user': async (walk) => {
    const owner = walk.pick(walk.model.users.filter(({ deleted }) => !deleted));
    if (owner === undefined) {
      return undefined;
    }
    await manage(walk.server, 'DELETE', `/api/v1/users/${owner.user.id}/`);
    owner.deleted = true;
    return `delete ${owner.user.id}`;
  },
  wait: async (walk) => {
    const seconds = WAITS[walk.choice % WAITS.length] ?? 0;
    await letTimePass(walk, walk.model.applications, seconds);
    walk.model.now += seconds;
    return `${seconds} seconds pass`;
  },
} satisfies Record<string, ActionHandler>;

/** Ends the grants that a new one has replaced: those that allow more, unless they are kept. */
async function endReplaced(
  { model, database }: Walk,
  { owner, client, scopes, organizers }: ModelGrant,
  previous: 'replace' | 'keep',
): Promise<void> {
  const lacks = (had: readonly string[], has: readonly string[]) =>
    had.some((one) => !has.includes(one));
  const exceeding = model.grants.filter(
    (one) =>
      one.owner === owner &&
      one.client === client &&
      !one.ended &&
      (lacks(one.scopes, scopes) ||
        lacks(
          one.organizers.filter((slug) => owner.organizers.has(slug)),
          organizers,
        )),
  );
  const { rows } = await database.query<{ id: string; replaced: boolean }>(
    `select id, revocation_reason is not null as replaced from grants
       where id = any($1) and (revocation_reason = 'replaced' or expires_at > now())`,
    [exceeding.map(({ id }) => id)],
  );
  for (const { id, replaced } of rows) {
    assert.equal(replaced, previous === 'replace', id);
  }
  for (const one of exceeding.filter(({ id }) => rows.some((row) => row.id === id))) {
    one.ended = previous === 'replace';
  }
}

/** Returns a subset that is not empty unless the list is: bit n of `mask` keeps element n. */
function subset(list: readonly string[], mask: number): string[] {
  const kept = list.filter((_, index) => (mask & (1 << index)) !== 0);
  return kept.length > 0 ? kept : list.slice(0, 1);
}

/** Tests if the user's list shows a grant. */
function isListed({ model }: Walk) {
  return (grant: ModelGrant) =>
    isLive(grant) &&
    model.pairs.some((pair) => pair.grant === grant && pair.issuedAt === model.now);
}

function agentOf(walk: Walk, { agents }: ModelUser): UserAgent {
  return agents[walk.serverIndex] ?? assert.fail('each server has a browser');
}

/** Opens an account page, and signs in if needed. */
async function signedIn(walk: Walk, owner: ModelUser, path: string): Promise<Page> {
  const agent = agentOf(walk, owner);
  const page = await agent.get(path);
  return showsForm(page, 'email', 'password') ? signIn(agent, page, owner.user) : page;
}

function assertListed(page: Page): void {
  assert.equal(page.url.pathname, AUTHORIZATIONS, describe(page));
}
