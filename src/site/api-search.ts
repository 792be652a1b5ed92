import type { ApiOperation, ApiReference, ApiSection } from './api-reference.ts';
import { textOf } from './markdown.ts';
import type { OauthEndpoint } from './oauth-endpoints.ts';

interface FoundOperation {
  readonly section: ApiSection;
  readonly operation: ApiOperation;
}

/**
 * Finds the operations, OAuth endpoints and objects that contain all words of `q`. Operations with a
 * summary or path in which all words begin a word come first.
 */
export function searchApi(
  {
    sections,
    oauth,
  }: Pick<ApiReference, 'sections'> & { readonly oauth: readonly OauthEndpoint[] },
  q: string,
) {
  const words = q.toLowerCase().split(/\s+/).slice(0, 10);
  const matches = (texts: readonly string[]) => {
    const text = texts.join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const isNamed = ({ operation: { method, summary, path } }: FoundOperation) => {
    const begun = `${method} ${summary} ${path}`.toLowerCase().split(/[^a-z0-9]+/);
    return words.every((word) => begun.some((one) => one.startsWith(word)));
  };
  const operations = sections.flatMap((section) =>
    section.operations
      .filter((operation) => matches([section.title, ...wordsOf(operation)]))
      .map((operation) => ({ section, operation })),
  );
  return {
    operations: operations.toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a))),
    oauth: oauth.filter(({ method, path, summary }) => matches([`${method} ${path}`, summary])),
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
