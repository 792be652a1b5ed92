import { directoryApi } from './directory-api.ts';
import { type Entry, quote } from './management.ts';
import { localized } from './present.ts';
import { resourceCommands } from './resource.ts';
import { UsageError } from './shell.ts';

const nameOf = ({ name }: Entry) => localized(name);

/** Sets up `stagedoor organizer`. */
export const addOrganizer = resourceCommands({
  endpoints: directoryApi,
  examples: ['organizer list', 'organizer put redstage --name "Red Stage"'],
  columns: { SLUG: 'slug', NAME: nameOf },
  facts: { Slug: 'slug', Name: nameOf },
  commands: {
    list: {
      operation: 'listOrganizers',
      examples: ['organizer list', "organizer list --json | jq -r '.[].slug'"],
    },
    show: { operation: 'getOrganizer' },
    put: {
      operation: 'putOrganizer',
      help: { name: 'the name; or once per language: --name en=Red --name de=Rot' },
      complete: ({ name }) => ({ name: readName(Array.isArray(name) ? name : []) }),
      examples: [
        'organizer put redstage --name "Red Stage"',
        'organizer put redstage --name en="Red Stage" --name de="Rote Bühne"',
      ],
    },
    delete: { operation: 'deleteOrganizer', confirm: ' with all its teams' },
  },
});

/** Reads one name, or one for each of several languages. */
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
