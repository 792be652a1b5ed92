import type { Command } from 'commander';
import { applicationRequest, FACTS } from './application-facts.ts';
import { apiAction, examples, fieldsOf, printEntry, printSecret, several } from './command.ts';
import { type Shell, UsageError } from './shell.ts';

const FIELDS = {
  owner: 'owner',
  name: 'name',
  redirectUri: 'redirect_uris',
  scope: 'scopes',
  requirePkce: 'require_pkce',
  description: 'description',
  homepageUrl: 'homepage_url',
  privacyPolicyUrl: 'privacy_policy_url',
  termsUrl: 'terms_url',
};

interface ApplicationOptions {
  readonly public?: boolean;
  readonly enable?: boolean;
  readonly disable?: boolean;
}

/** Adds `add` and `change`. */
export function addApplicationWriting(application: Command, shell: Shell): void {
  const add = withFields(application.command('add'))
    .description(
      'Register an application. A confidential one gets a secret, which is printed this once.',
    )
    .requiredOption('--name <text>', 'as the consent page shows it')
    .requiredOption('--redirect-uri <uri>', 'where users are sent back; may be repeated', several)
    .option('--public', 'it runs where it can keep no secret: in a browser, on a phone')
    .action(
      apiAction<ApplicationOptions>(shell, async (api, line) => {
        const { options } = line;
        const body = {
          ...fieldsOf(options, FIELDS),
          client_type: options.public ? 'public' : 'confidential',
        };
        const answer = await api.call({ method: 'POST', path: '/applications/', body });
        const secret = answer.body.client_secret === undefined ? [] : [SECRET];
        printSecret(line, answer.body, 'client_secret', [...FACTS, ...secret]);
      }),
    );
  examples(
    add,
    'application add --name "Box Office" --owner ada --redirect-uri https://app.example.com/callback',
    'application add --name "Door App" --public --redirect-uri com.example.door:/callback --scope read',
  );
  const change = withFields(application.command('change'))
    .description('Change what is named, and nothing else. What is taken away is gone at once.')
    .argument('<client_id>')
    .option('--name <text>', 'as the consent page shows it')
    .option('--redirect-uri <uri>', 'all that there are to be; may be repeated', several)
    .option('--require-pkce', 'nothing goes without PKCE')
    .option('--enable', "turn the owner's own switch on")
    .option('--disable', "turn the owner's own switch off: nothing of it is live")
    .action(
      apiAction<ApplicationOptions>(shell, async (api, line) => {
        const { enable, disable } = line.options;
        const body: Record<string, unknown> = fieldsOf(line.options, FIELDS);
        if (enable || disable) {
          body.is_active = disable !== true;
        }
        if (Object.keys(body).length === 0 || (enable && disable)) {
          throw new UsageError('Name what is to change, and each thing once.');
        }
        const request = applicationRequest('PATCH', line.args[0] ?? '', body);
        printEntry(line, (await api.call(request)).body, FACTS);
      }),
    );
  examples(
    change,
    'application change 2fQ9dLx0aVbT7mRkY3nWcE5u --owner ben',
    'application change 2fQ9dLx0aVbT7mRkY3nWcE5u --scope read --scope profile',
  );
}

const SECRET = ['Client secret', 'client_secret'] as const;

function withFields(command: Command): Command {
  return command
    .option('--owner <user>', 'id of the user whose it is')
    .option('--scope <name>', 'what it may ask for; may be repeated, all by default', several)
    .option('--no-require-pkce', 'a confidential one may do without PKCE')
    .option('--description <text>')
    .option('--homepage-url <url>')
    .option('--privacy-policy-url <url>')
    .option('--terms-url <url>');
}
