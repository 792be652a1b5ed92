/** Markup that may go into a page as it is. Only this module makes it. */
export interface Html {
  readonly markup: string;
}

type Part = Html | readonly Html[] | string | number | undefined;

const made = new WeakSet<Html>();

/** A piece of a page: everything that is filled in is escaped, except other pieces. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return trusted(String.raw({ raw: strings }, ...parts.map(toMarkup)));
}

/** A text of our own that goes into a page as it is. */
export function trusted(markup: string): Html {
  const piece = { markup };
  made.add(piece);
  return piece;
}

function toMarkup(part: Part): string {
  if (part === undefined) {
    return '';
  }
  if (typeof part === 'object') {
    return [part]
      .flat()
      .map((piece) => (made.has(piece) ? piece.markup : ''))
      .join('');
  }
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
