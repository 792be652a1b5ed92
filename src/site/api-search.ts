import type { ApiObject, ApiOperation, ApiReference, ApiSection } from './api-reference.ts';
import { textOf } from './markdown.ts';

/** Results of a search in the reference, each with its section. */
export interface FoundInApi {
  readonly operations: readonly {
    readonly section: ApiSection;
    readonly operation: ApiOperation;
  }[];
  readonly objects: readonly { readonly section: ApiSection; readonly object: ApiObject }[];
}

/** Finds the operations and objects that contain all words of `q`. */
export function searchApi({ sections }: ApiReference, q: string): FoundInApi {
  const words = q.toLowerCase().split(/\s+/).slice(0, 10);
  const matches = (texts: readonly string[]) => {
    const text = texts.join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return {
    operations: sections.flatMap((section) =>
      section.operations
        .filter((operation) => matches([section.title, ...wordsOf(operation)]))
        .map((operation) => ({ section, operation })),
    ),
    objects: sections.flatMap((section) =>
      section.objects
        .filter(({ name, says, variants }) =>
          matches([name, textOf(says), ...variants.flat().map((row) => row.name)]),
        )
        .map((object) => ({ section, object })),
    ),
  };
}

function wordsOf({ id, method, path, summary, details, parameters, body }: ApiOperation): string[] {
  const rows = [...parameters, ...(body?.fields ?? [])];
  return [id, `${method} ${path}`, summary, textOf(details), ...rows.map(({ name }) => name)];
}
