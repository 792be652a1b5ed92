import type { Command } from 'commander';
import { applicationEndpoints } from '../applications/routes.ts';
import { deletionEndpoints } from '../deletions/routes.ts';
import { errorEndpoints } from '../insights/routes.ts';
import { action, examples, printEntry } from './command.ts';
import { confirm } from './confirm.ts';
import { withManagement } from './connect.ts';
import { unfinishedDeletion } from './deletion.ts';
import type { Flag } from './inputs.ts';
import type { Entry } from './management.ts';
import { requestOf } from './operation.ts';
import { expiryOf, listed, presentFacts } from './present.ts';
import { type Resource, resourceCommands } from './resource.ts';
import type { Shell } from './shell.ts';

const ID = '2fQ9dLx0aVbT7mRkY3nWcE5u';
const OPTIONAL_PKCE: Flag = ['a confidential one may do without PKCE', { require_pkce: false }];

const APPLICATION: Resource = {
  endpoints: (deps) => [
    ...applicationEndpoints(deps, deps.config),
    ...deletionEndpoints(deps),
    ...errorEndpoints(deps),
  ],
  examples: [
    'application list --unreviewed',
    `application review ${ID}`,
    `application suspend ${ID} --reason "It sends mails to ticket buyers"`,
  ],
  columns: {
    'CLIENT ID': 'client_id',
    KIND: 'kind',
    STATE: 'state',
    REVIEWED: ({ reviewed_at }) => (reviewed_at === null ? 'no' : 'yes'),
    OWNER: 'owner',
    NAME: 'name',
  },
  facts: {
    'Client id': 'client_id',
    Name: 'name',
    Kind: 'kind',
    Owner: 'owner',
    State: stateOf,
    Version: 'version',
    Reviewed: ({ reviewed_at }) => String(reviewed_at ?? 'no'),
    'Review needed': ({ review_needed }) => String(review_needed ?? 'no'),
    Type: 'client_type',
    PKCE: ({ require_pkce }) => (require_pkce ? 'required' : 'optional'),
    Scopes: ({ scopes }) => listed(scopes),
    'Redirect URIs': 'redirect_uris',
    Homepage: 'homepage_url',
    'Privacy policy': 'privacy_policy_url',
    Terms: 'terms_url',
    Logo: 'logo_url',
    Description: 'description',
    Registered: 'created_at',
    Changed: 'updated_at',
  },
  commands: {
    list: {
      operation: 'listApplications',
      flags: {
        '--reviewed': ['only those that an operator has reviewed', { reviewed: true }],
        '--unreviewed': ['only the others', { reviewed: false }],
        '--suspended': ['only those that are suspended', { suspended: true }],
        '--documents': ['only those with a metadata document', { kind: 'metadata_document' }],
        '--dynamic': ['only those that registered themselves', { kind: 'dynamic' }],
      },
      examples: [
        'application list',
        'application list --unreviewed',
        "application list --json | jq -r '.[] | select(.reviewed_at == null) | .client_id'",
      ],
    },
    show: { operation: 'getApplication' },
    add: {
      operation: 'registerApplication',
      flags: {
        '--no-require-pkce': OPTIONAL_PKCE,
        '--public': [
          'it can keep no secret: it runs in a browser or on a phone',
          { client_type: 'public' },
        ],
      },
      examples: [
        'application add --name "Box Office" --owner ada --redirect-uri https://app.example.com/callback',
        'application add --name "Door App" --public --redirect-uri com.example.door:/callback --scope read',
      ],
    },
    change: {
      operation: 'patchApplication',
      flags: {
        '--require-pkce': ['nothing goes without PKCE', { require_pkce: true }],
        '--no-require-pkce': OPTIONAL_PKCE,
        '--enable': ["turn the owner's own switch on", { is_active: true }],
        '--disable': [
          "turn the owner's own switch off: nothing of it is live",
          { is_active: false },
        ],
      },
      examples: [
        `application change ${ID} --owner ben`,
        `application change ${ID} --scope read --scope profile`,
      ],
    },
    resume: { operation: 'resumeApplication' },
    suspend: {
      operation: 'suspendApplication',
      required: ['reason'],
      examples: [`application suspend ${ID} --reason "It sends mails to ticket buyers"`],
    },
    errors: {
      operation: 'listFailedRequests',
      columns: {
        TIME: 'happened_at',
        ENDPOINT: 'endpoint',
        ERROR: 'error',
        REASON: 'reason',
        DETAILS: ({ details }) => JSON.stringify(details),
      },
    },
    keys: {
      operation: 'listApplicationKeys',
      columns: {
        ID: 'id',
        KID: 'kid',
        ADDED: 'created_at',
        USED: ({ last_used_at: used }) => String(used ?? 'never'),
        EXPIRES: expiryOf,
      },
    },
    'add-keys': {
      operation: 'addApplicationKeys',
      required: ['public_keys'],
      facts: { Keys: ({ keys }) => (Array.isArray(keys) ? String(keys.length) : '') },
      examples: [`application add-keys ${ID} --public-key "$(cat public.pem)"`],
    },
    'delete-key': { operation: 'deleteApplicationKey', confirm: '' },
    delete: {
      operation: 'deleteApplication',
      confirm: ' with all its authorizations',
      progress: unfinishedDeletion,
    },
  },
};

function stateOf({ state, suspended_at: at, suspension_reason: reason }: Entry): string {
  return at === null ? String(state) : `${state} since ${at}: ${reason}`;
}

/** Sets up `stagedoor application`. */
export function addApplication(group: Command, shell: Shell): void {
  const operations = resourceCommands(APPLICATION)(group, shell);
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
