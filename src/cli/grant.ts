import type { Command } from 'commander';
import { grantEndpoints } from '../grants/management-routes.ts';
import type { Entry } from './management.ts';
import { addResource } from './resource.ts';
import type { Shell } from './shell.ts';

const ID = 'Tg6PqNBuCz1oEyKdV0hSxA4m';

/** Adds `stagedoor grant …`. */
export function addGrant(group: Command, shell: Shell): void {
  addResource(group, shell, {
    endpoints: grantEndpoints,
    examples: ['grant list --user ada --active', `grant revoke ${ID}`],
    columns: [
      ['ID', 'id'],
      ['GIVEN', 'created_at'],
      ['USER', 'user'],
      ['APPLICATION', 'application'],
      ['STATE', stateOf],
      ['SCOPES', 'scopes'],
      ['ORGANIZERS', 'organizers'],
    ],
    facts: [
      ['Id', 'id'],
      ['User', 'user'],
      ['Application', 'application'],
      ['State', stateOf],
      ['Scopes', (entry) => (Array.isArray(entry.scopes) ? entry.scopes.join(' ') : '-')],
      ['Organizers', 'organizers'],
      ['Given', 'created_at'],
      ['Last used', 'last_used_at'],
      ['Last used from', 'last_used_ip'],
      ['Ends if unused', 'expires_at'],
      ['Ends', 'ends_at'],
      ['Revoked', 'revoked_at'],
    ],
    commands: [
      {
        name: 'list',
        operation: 'listGrants',
        flags: [
          {
            flag: '--active',
            help: 'only those that are neither revoked nor past their end',
            sets: { active: true },
          },
          { flag: '--ended', help: 'only the others', sets: { active: false } },
        ],
        examples: ['grant list --user ada --active', 'grant list --organizer redstage --json'],
      },
      { name: 'show', operation: 'getGrant', examples: [`grant show ${ID}`] },
      {
        name: 'revoke',
        operation: 'revokeGrant',
        confirm: ' with all its tokens',
        examples: [
          `grant revoke ${ID}`,
          "grant list --user ada --active --json | jq -r '.[].id' | xargs -n1 stagedoor grant revoke --yes",
        ],
      },
    ],
  });
}

function stateOf({
  revoked_at: at,
  revocation_reason: reason,
  ends_at,
  expires_at,
}: Entry): string {
  if (at !== null) {
    return String(reason).replaceAll('_', ' ');
  }
  const end = [ends_at, expires_at].filter((one) => typeof one === 'string').sort()[0] ?? '';
  return Date.parse(end) < Date.now() ? 'over' : 'active';
}
