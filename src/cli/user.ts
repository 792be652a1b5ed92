import type { Command } from 'commander';
import { directoryApi } from './directory-api.ts';
import { addResource } from './resource.ts';
import type { Shell } from './shell.ts';

const INACTIVE = { is_active: false };

/** Adds `stagedoor user …`. */
export function addUser(group: Command, shell: Shell): void {
  addResource(group, shell, {
    endpoints: directoryApi,
    examples: [
      'user list --inactive',
      'user put ada --email ada@example.com --full-name "Ada Example" --ask-password',
      'user deactivate ada',
    ],
    columns: [
      ['ID', 'id'],
      ['ACTIVE', 'is_active'],
      ['E-MAIL', 'email'],
      ['NAME', 'full_name'],
    ],
    facts: [
      ['Id', 'id'],
      ['E-mail', 'email'],
      ['Name', 'full_name'],
      ['Active', 'is_active'],
      ['Language', 'locale'],
      ['Time zone', 'timezone'],
      ['Upstream subject', 'upstream_subject'],
    ],
    commands: [
      {
        name: 'list',
        operation: 'listUsers',
        flags: [
          { flag: '--active', help: 'only users who may sign in', sets: { is_active: true } },
          { flag: '--inactive', help: 'only the others', sets: INACTIVE },
        ],
        examples: ['user list', 'user list --inactive', "user list --json | jq -r '.[].email'"],
      },
      { name: 'show', operation: 'getUser', examples: ['user show ada'] },
      {
        name: 'put',
        operation: 'putUser',
        flags: [
          {
            flag: '--inactive',
            help: 'the user can not sign in, and no grant is live',
            sets: INACTIVE,
          },
        ],
        examples: [
          'user put ada --email ada@example.com --full-name "Ada Example" --locale en',
          'user put ada --email ada@example.com --password-stdin < password.txt',
          'user put ada --email ada@example.com --upstream-subject 7c1d',
        ],
      },
      {
        name: 'change',
        operation: 'patchUser',
        flags: [
          { flag: '--no-password', help: 'remove the password', sets: { password: null } },
          {
            flag: '--no-upstream-subject',
            help: "remove the link to an account at the platform's login",
            sets: { upstream_subject: null },
          },
        ],
        examples: ['user change ada --email ada@example.org', 'user change ada --ask-password'],
      },
      {
        name: 'activate',
        operation: 'patchUser',
        description: 'Let a user sign in again. What they had authorized is live again.',
        body: { is_active: true },
        examples: ['user activate ada'],
      },
      {
        name: 'deactivate',
        operation: 'patchUser',
        description: 'Keep a user out. None of their authorizations is live meanwhile.',
        body: INACTIVE,
        examples: ['user deactivate ada'],
      },
      {
        name: 'delete',
        operation: 'deleteUser',
        confirm: ' with all authorizations',
        examples: ['user delete ada', 'user delete ada --yes'],
      },
    ],
  });
}
