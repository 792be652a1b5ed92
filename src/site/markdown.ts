import { Lexer, type MarkedToken, Parser, Renderer, type Tokens } from 'marked';
import { escapeHtml } from '../lib/html.ts';

/** A table with the text of the paragraph `Table: …` above it. */
export interface CaptionedTable extends Tokens.Table {
  readonly caption?: string;
}

const HEADING_ID = / \{#([\w-]+)\}$/;

/** Renders Markdown of this repository; HTML in it is shown as text. */
class GuideRenderer extends Renderer {
  /** `### Title {#id}` sets the anchor. */
  override heading({ tokens, depth }: Tokens.Heading): string {
    const { id, html } = splitHeading(this.parser.parseInline(tokens));
    return `<h${depth} id="${id}">${html}</h${depth}>\n`;
  }

  /** Three columns with codes in the first are a list of codes, meanings and remedies. */
  override table({ header, rows, caption }: CaptionedTable): string {
    const isReference = header.length === 3 && rows[0]?.[0]?.tokens[0]?.type === 'codespan';
    const head = header.map((cell) => this.#header('columnheader', 'col', cell));
    const body = rows.map((cells) =>
      cells
        .map((cell, column) =>
          column === 0
            ? this.#header('rowheader', 'row', cell)
            : `<td role="cell">${this.parser.parseInline(cell.tokens)}</td>`,
        )
        .join('\n'),
    );
    return `<table class="stacked${isReference ? ' errors' : ''}" role="table">
${caption === undefined ? '' : `<caption>${caption}</caption>`}
<thead role="rowgroup">
<tr role="row">${head.join('\n')}</tr>
</thead>
<tbody role="rowgroup">
${body.map((cells) => `<tr role="row">${cells}</tr>`).join('\n')}
</tbody>
</table>
`;
  }

  override code({ text }: Tokens.Code): string {
    return `<pre lang="en" dir="ltr"><code>${escapeHtml(text)}</code></pre>\n`;
  }

  override blockquote({ tokens }: Tokens.Blockquote): string {
    return this.parser.parse(tokens).replaceAll('<p>', '<p class="notice">');
  }

  /** Keeps `{name}` in an address. */
  override link({ href, tokens }: Tokens.Link): string {
    return `<a href="${escapeHtml(href)}">${this.parser.parseInline(tokens)}</a>`;
  }

  override html({ text }: Tokens.HTML | Tokens.Tag): string {
    return escapeHtml(text);
  }

  #header(role: string, scope: string, { tokens }: Tokens.TableCell): string {
    return `<th role="${role}" scope="${scope}">${this.parser.parseInline(tokens)}</th>`;
  }
}

const parser = new Parser({ renderer: new GuideRenderer() });

/** Splits a text into its top-level blocks, without the blank lines between them. */
export function blocksOf(markdown: string): MarkedToken[] {
  // Other token types come from extensions, and there are none.
  const tokens = Lexer.lex(markdown) as MarkedToken[];
  return tokens.filter(({ type }) => type !== 'space');
}

/** Renders one block. */
export function renderBlock(block: MarkedToken | CaptionedTable): string {
  return parser.parse([block]);
}

/** Renders the text of a heading, a paragraph or a description, without the element around it. */
export function renderInline(text: string): string {
  return parser.parseInline(Lexer.lexInline(text));
}

/** Separates the anchor from a heading. */
export function splitHeading(html: string): { id: string; html: string } {
  return { id: HEADING_ID.exec(html)?.[1] ?? '', html: html.replace(HEADING_ID, '') };
}

/** Removes links and other elements from rendered text. */
export function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, '');
}
