import { deletionEndpoints } from '../deletions/routes.ts';
import { unfinishedDeletion } from './deletion.ts';
import { directoryApi } from './directory-api.ts';
import { resourceCommands } from './resource.ts';

/** Sets up `stagedoor user`. */
export const addUser = resourceCommands({
  endpoints: (deps) => [...directoryApi(deps), ...deletionEndpoints(deps)],
  examples: [
    'user list --inactive',
    'user put ada --email ada@example.com --full-name "Ada Example" --ask-password',
    'user deactivate ada',
  ],
  columns: { ID: 'id', ACTIVE: 'is_active', 'E-MAIL': 'email', NAME: 'full_name' },
  facts: {
    Id: 'id',
    'E-mail': 'email',
    Name: 'full_name',
    Active: 'is_active',
    Operator: 'is_operator',
    Language: 'locale',
    'Time zone': 'timezone',
    'Upstream subject': 'upstream_subject',
  },
  commands: {
    list: {
      operation: 'listUsers',
      flags: {
        '--active': ['only users who may sign in', { is_active: true }],
        '--inactive': ['only the others', { is_active: false }],
        '--operators': ['only users of the operator console', { is_operator: true }],
      },
      examples: ['user list', 'user list --inactive', "user list --json | jq -r '.[].email'"],
    },
    show: { operation: 'getUser' },
    put: {
      operation: 'putUser',
      flags: {
        '--inactive': ['the user cannot sign in, and no grant is live', { is_active: false }],
        '--operator': ['the user may use the operator console', { is_operator: true }],
        '--no-operator': ['the user may not use it', { is_operator: false }],
      },
      examples: [
        'user put ada --email ada@example.com --full-name "Ada Example" --locale en',
        'user put ada --email ada@example.com --password-stdin < password.txt',
        'user put ada --email ada@example.com --upstream-subject 7c1d',
      ],
    },
    change: {
      operation: 'patchUser',
      flags: {
        '--no-password': ['remove the password', { password: null }],
        '--operator': ['the user may use the operator console', { is_operator: true }],
        '--no-operator': ['the user may not use it any more', { is_operator: false }],
        '--no-upstream-subject': ["unlink the platform's login", { upstream_subject: null }],
      },
      examples: [
        'user change ada --email ada@example.org',
        'user change ada --operator',
        'user change ada --ask-password',
      ],
    },
    activate: {
      operation: 'patchUser',
      description: 'Let a user sign in again. Their grants are live again.',
      body: { is_active: true },
    },
    deactivate: {
      operation: 'patchUser',
      description: 'Keep a user out. None of their grants is live meanwhile.',
      body: { is_active: false },
    },
    delete: {
      operation: 'deleteUser',
      confirm: ' with all authorizations',
      progress: unfinishedDeletion,
    },
  },
});
