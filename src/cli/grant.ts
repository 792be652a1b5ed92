import { grantEndpoints } from '../grants/management-routes.ts';
import type { Entry } from './management.ts';
import { listed } from './present.ts';
import { resourceCommands } from './resource.ts';

/** Sets up `stagedoor grant`. */
export const addGrant = resourceCommands({
  endpoints: grantEndpoints,
  examples: ['grant list --user ada --active', 'grant revoke Tg6PqNBuCz1oEyKdV0hSxA4m'],
  columns: {
    ID: 'id',
    GIVEN: 'created_at',
    USER: 'user',
    APPLICATION: 'application',
    STATE: stateOf,
    SCOPES: 'scopes',
    ORGANIZERS: 'organizers',
  },
  facts: {
    Id: 'id',
    User: 'user',
    Application: 'application',
    State: stateOf,
    Scopes: ({ scopes }) => listed(scopes),
    Organizers: 'organizers',
    Given: 'created_at',
    'Last used': 'last_used_at',
    'Last used from': 'last_used_ip',
    'Ends if unused': 'expires_at',
    Ends: 'ends_at',
    Revoked: 'revoked_at',
  },
  commands: {
    list: {
      operation: 'listGrants',
      flags: {
        '--active': ['only those that are neither revoked nor past their end', { active: true }],
        '--ended': ['only the others', { active: false }],
      },
      examples: ['grant list --user ada --active', 'grant list --organizer redstage --json'],
    },
    show: { operation: 'getGrant' },
    revoke: {
      operation: 'revokeGrant',
      confirm: ' with all its tokens',
      examples: [
        'grant revoke Tg6PqNBuCz1oEyKdV0hSxA4m',
        "grant list --user ada --active --json | jq -r '.[].id' | xargs -n1 stagedoor grant revoke --yes",
      ],
    },
  },
});

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
