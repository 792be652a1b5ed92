import type { Command } from 'commander';
import { apiAction, examples, printEntry, several } from './command.ts';
import { addDestructiveCommand, addShow } from './common-verbs.ts';
import { printList } from './list.ts';
import { type Entry, pathTo, quote, type Request } from './management.ts';
import { type Column, localized } from './present.ts';
import { type Shell, UsageError } from './shell.ts';

const NAME = (entry: Entry) => localized(entry.name);
const COLUMNS: readonly Column[] = [
  ['SLUG', 'slug'],
  ['NAME', NAME],
];
const FACTS: readonly Column[] = [
  ['Slug', 'slug'],
  ['Name', NAME],
];

/** `stagedoor organizer …` */
export function addOrganizer(program: Command, shell: Shell): void {
  const organizer = program
    .command('organizer')
    .description('Organizers: what users choose when they authorize an application.');
  examples(organizer, 'organizer list', 'organizer put redstage --name "Red Stage"');
  const list = organizer
    .command('list')
    .description('All organizers, by slug. With --json one array.')
    .action(
      apiAction(shell, (api, line) =>
        printList(api, line, {
          path: '/directory/organizers/',
          columns: COLUMNS,
          none: 'There are no organizers.',
        }),
      ),
    );
  examples(list, 'organizer list', "organizer list --json | jq -r '.[].slug'");
  addShow(organizer, shell, {
    description: 'One organizer.',
    args: ['<slug>'],
    request: ([slug = '']) => request('GET', slug),
    facts: FACTS,
    examples: ['organizer show redstage'],
  });
  addPut(organizer, shell);
  addDestructiveCommand(organizer, shell, {
    verb: 'delete',
    description: 'Delete an organizer with its teams. Authorizations stay, and open it no more.',
    args: ['<slug>'],
    question: ([slug = '']) => `Delete the organizer ${quote(slug)} with all its teams?`,
    request: ([slug = '']) => request('DELETE', slug),
    done: ([slug = '']) => `Deleted the organizer ${quote(slug)} and its teams.`,
    examples: ['organizer delete redstage', 'organizer delete redstage --yes'],
  });
}

function addPut(organizer: Command, shell: Shell): void {
  const put = organizer
    .command('put')
    .description('Create an organizer, or rename one.')
    .argument('<slug>')
    .requiredOption(
      '--name <text>',
      'the name; or once a language: --name en=Red --name de=Rot',
      several,
    )
    .action(
      apiAction<{ readonly name: readonly string[] }>(shell, async (api, line) => {
        const body = { name: readName(line.options.name) };
        printEntry(line, (await api.call(request('PUT', line.args[0] ?? '', body))).body, FACTS);
      }),
    );
  examples(
    put,
    'organizer put redstage --name "Red Stage"',
    'organizer put redstage --name en="Red Stage" --name de="Rote Bühne"',
  );
}

function request(method: Request['method'], slug: string, body?: object): Request {
  const missing = `There is no organizer with the slug ${quote(slug)}.`;
  const path = pathTo`/directory/organizers/${slug}/`;
  return { method, path, missing, ...(body && { body }) };
}

/** One name, or one for each of several languages. */
function readName(given: readonly string[]): string | Record<string, string> {
  const texts = given.map((one) => /^([a-z]{2,3}(?:-[A-Za-z0-9]+)*)=(.*)$/s.exec(one));
  const [first] = given;
  if (given.length === 1 && first !== undefined && texts[0] === null) {
    return first;
  }
  const name = new Map<string, string>();
  for (const [index, text] of texts.entries()) {
    const [, language, words] = text ?? [];
    if (language === undefined || words === undefined) {
      throw new UsageError(
        `Of several names each needs its language, as in --name de=Rot: ${quote(given[index] ?? '')} has none.`,
      );
    }
    name.set(language, words);
  }
  return Object.fromEntries(name);
}
