import type { Command } from 'commander';
import { applicationEndpoints } from '../applications/routes.ts';
import { action, examples, printEntry } from './command.ts';
import { confirm } from './confirm.ts';
import { withManagement } from './connect.ts';
import type { Flag } from './inputs.ts';
import type { Entry } from './management.ts';
import { requestOf } from './operation.ts';
import { presentFacts } from './present.ts';
import { addResource, type Resource } from './resource.ts';
import type { Shell } from './shell.ts';

const ID = '2fQ9dLx0aVbT7mRkY3nWcE5u';
const OPTIONAL_PKCE: Flag = {
  flag: '--no-require-pkce',
  help: 'a confidential one may do without PKCE',
  sets: { require_pkce: false },
};

const APPLICATION: Resource = {
  endpoints: (deps) => applicationEndpoints(deps, deps.config),
  examples: [
    'application list --unreviewed',
    `application review ${ID}`,
    `application suspend ${ID} --reason "It sends mails to ticket buyers"`,
  ],
  columns: [
    ['CLIENT ID', 'client_id'],
    ['STATE', 'state'],
    ['REVIEWED', (entry) => (entry.reviewed_at === null ? 'no' : 'yes')],
    ['OWNER', 'owner'],
    ['NAME', 'name'],
  ],
  facts: [
    ['Client id', 'client_id'],
    ['Name', 'name'],
    ['Owner', 'owner'],
    ['State', stateOf],
    ['Version', 'version'],
    ['Reviewed', (entry) => (entry.reviewed_at === null ? 'no' : String(entry.reviewed_at))],
    ['Review needed', (entry) => String(entry.review_needed ?? 'no')],
    ['Type', 'client_type'],
    ['PKCE', (entry) => (entry.require_pkce ? 'required' : 'optional')],
    ['Scopes', (entry) => (Array.isArray(entry.scopes) ? entry.scopes.join(' ') : '-')],
    ['Redirect URIs', 'redirect_uris'],
    ['Homepage', 'homepage_url'],
    ['Privacy policy', 'privacy_policy_url'],
    ['Terms', 'terms_url'],
    ['Description', 'description'],
    ['Registered', 'created_at'],
    ['Changed', 'updated_at'],
  ],
  commands: [
    {
      name: 'list',
      operation: 'listApplications',
      flags: [
        {
          flag: '--reviewed',
          help: 'only those that an operator has reviewed',
          sets: { reviewed: true },
        },
        { flag: '--unreviewed', help: 'only the others', sets: { reviewed: false } },
        {
          flag: '--suspended',
          help: 'only those that are suspended',
          sets: { suspended: true },
        },
      ],
      examples: [
        'application list',
        'application list --unreviewed',
        "application list --json | jq -r '.[] | select(.reviewed_at == null) | .client_id'",
      ],
    },
    { name: 'show', operation: 'getApplication', examples: [`application show ${ID}`] },
    {
      name: 'add',
      operation: 'registerApplication',
      flags: [
        OPTIONAL_PKCE,
        {
          flag: '--public',
          help: 'it can keep no secret: it runs in a browser or on a phone',
          sets: { client_type: 'public' },
        },
      ],
      examples: [
        'application add --name "Box Office" --owner ada --redirect-uri https://app.example.com/callback',
        'application add --name "Door App" --public --redirect-uri com.example.door:/callback --scope read',
      ],
    },
    {
      name: 'change',
      operation: 'patchApplication',
      flags: [
        {
          flag: '--require-pkce',
          help: 'nothing goes without PKCE',
          sets: { require_pkce: true },
        },
        OPTIONAL_PKCE,
        { flag: '--enable', help: "turn the owner's own switch on", sets: { is_active: true } },
        {
          flag: '--disable',
          help: "turn the owner's own switch off: nothing of it is live",
          sets: { is_active: false },
        },
      ],
      examples: [
        `application change ${ID} --owner ben`,
        `application change ${ID} --scope read --scope profile`,
      ],
    },
    { name: 'resume', operation: 'resumeApplication', examples: [`application resume ${ID}`] },
    {
      name: 'suspend',
      operation: 'suspendApplication',
      required: ['reason'],
      examples: [`application suspend ${ID} --reason "It sends mails to ticket buyers"`],
    },
    {
      name: 'delete',
      operation: 'deleteApplication',
      confirm: ' with all its authorizations',
      examples: [`application delete ${ID}`, `application delete ${ID} --yes`],
    },
  ],
};

function stateOf({ state, suspended_at: at, suspension_reason: reason }: Entry): string {
  return at === null ? String(state) : `${state} since ${at}: ${reason}`;
}

/** Adds `stagedoor application …`. */
export function addApplication(group: Command, shell: Shell): void {
  const operations = addResource(group, shell, APPLICATION);
  const review = group
    .command('review')
    .description(
      'Note that you have reviewed an application. Without --of, shows it and asks; the review is for the version that was shown.',
    )
    .argument('<client_id>')
    .option('--of <version>', 'the version that you have read: refused if it is no longer current')
    .action(
      action<{ readonly of?: string }>(shell, async (line) => {
        const { args, options } = line;
        const call = (id: string, body?: object) =>
          withManagement(shell, options.url, APPLICATION.endpoints, (api) =>
            api.call(requestOf(operations(id), args, body)),
          );
        let version: unknown = Number(options.of);
        if (options.of === undefined) {
          const { body } = await call('getApplication');
          version = body.version;
          shell.err(presentFacts(APPLICATION.facts, body));
          await confirm(shell, 'Note this as reviewed?', false, NO_TERMINAL);
        }
        printEntry(line, (await call('reviewApplication', { version })).body, APPLICATION.facts);
      }),
    );
  examples(review, `application review ${ID}`, `application review ${ID} --of 3`);
}

const NO_TERMINAL =
  'There is no terminal to ask at. State the version that you have read: --of <version>.';
