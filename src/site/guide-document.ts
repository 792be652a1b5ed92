import { readFileSync } from 'node:fs';
import type { MarkedToken } from 'marked';
import { escapeHtml } from '../lib/html.ts';
import type { Locale } from '../lib/locale.ts';
import { ownValue } from '../lib/own-value.ts';
import { blocksOf, renderBlock, renderInline, splitHeading } from './markdown.ts';

/**
 * A part of a guide: HTML, the place of an example, the place of something else by its name, or
 * sections of which a reader needs one.
 */
export type DocumentPart =
  | { readonly html: string }
  | { readonly example: string; readonly label: string }
  | { readonly slot: string }
  | { readonly tabs: readonly DocumentChapter[] };

/** A guide, read from Markdown. */
export interface GuideDocument {
  /** HTML of the link above the title; empty if there is none. */
  readonly crumbs: string;
  readonly title: string;
  /** HTML, as the titles of the chapters. */
  readonly lead: string;
  readonly intro: readonly DocumentPart[];
  readonly chapters: readonly DocumentChapter[];
}

/** A chapter of a guide. */
export interface DocumentChapter {
  readonly id: string;
  readonly title: string;
  readonly parts: readonly DocumentPart[];
}

/** Settings of this server that guides show. */
export interface DocumentSettings {
  /** Texts for `{name}`. */
  readonly values: Readonly<Record<string, string>>;
  /** Conditions that hold, for `<!-- if name -->…<!-- end -->`. */
  readonly conditions?: readonly string[];
}

const FOLDER = new URL('../../views/docs/', import.meta.url);

/**
 * Reads `views/docs/<locale>/<name>.md`. CONTRIBUTING.md describes what a guide may contain.
 * @throws Error if a placeholder has no value
 */
export function readGuide(
  name: string,
  locale: Locale,
  { values, conditions = [] }: DocumentSettings,
): GuideDocument {
  const source = readFileSync(new URL(`${locale}/${name}.md`, FOLDER), 'utf8').replace(
    /<!-- if ([\w-]+) -->\n?([\s\S]*?)<!-- end -->\n?/g,
    (_, condition: string, text: string) => (conditions.includes(condition) ? text : ''),
  );
  const [before = [], ...chapters] = splitBefore(blocksOf(source), isChapter);
  const [crumbs = [], [title, lead, ...intro] = []] = splitBefore(before, isTitle);
  if (title?.type !== 'heading' || lead?.type !== 'paragraph') {
    throw new Error(`${locale}/${name}.md must begin with a title and a lead paragraph.`);
  }
  const fillIn = (html: string) => fill(html, values);
  return {
    crumbs: crumbs.map((block) => ('text' in block ? renderInline(block.text) : '')).join(''),
    title: title.text,
    lead: fillIn(renderInline(lead.text)),
    intro: partsOf(intro, fillIn),
    chapters: chapters.map((blocks) => chapterOf(blocks, fillIn)),
  };
}

function chapterOf(
  [heading, ...blocks]: readonly MarkedToken[],
  fillIn: (html: string) => string,
): DocumentChapter {
  const { id, html } = splitHeading(heading?.type === 'heading' ? renderInline(heading.text) : '');
  return { id, title: html, parts: partsOf(blocks, fillIn) };
}

/** Fills in the query of links to other pages of the guide. */
export function fillQuery(html: string, query: string): string {
  return html.replaceAll('{query}', escapeHtml(query));
}

function isTitle(block: MarkedToken): boolean {
  return block.type === 'heading' && block.depth === 1;
}

function isChapter(block: MarkedToken): boolean {
  return block.type === 'heading' && block.depth === 2;
}

function isSection(block: MarkedToken): boolean {
  return block.type === 'heading' && block.depth === 3;
}

/** Tests for `<!-- tabs -->` and `<!-- end tabs -->`, between which each section is a tab. */
function isComment(block: MarkedToken, text: string): boolean {
  return block.type === 'html' && block.text.trim() === `<!-- ${text} -->`;
}

/** Splits a list before each item that begins a new group. */
function splitBefore<Item>(items: readonly Item[], begins: (item: Item) => boolean): Item[][] {
  const groups: Item[][] = [[]];
  for (const item of items) {
    if (begins(item)) {
      groups.push([]);
    }
    groups.at(-1)?.push(item);
  }
  return groups;
}

function partsOf(blocks: readonly MarkedToken[], fillIn: (html: string) => string): DocumentPart[] {
  const start = blocks.findIndex((block) => isComment(block, 'tabs'));
  const end = blocks.findIndex((block) => isComment(block, 'end tabs'));
  if (start === -1) {
    return plainPartsOf(blocks, fillIn);
  }
  const [, ...sections] = splitBefore(blocks.slice(start, end), isSection);
  return [
    ...plainPartsOf(blocks.slice(0, start), fillIn),
    { tabs: sections.map((section) => chapterOf(section, fillIn)) },
    ...partsOf(blocks.slice(end + 1), fillIn),
  ];
}

function plainPartsOf(
  blocks: readonly MarkedToken[],
  fillIn: (html: string) => string,
): DocumentPart[] {
  const parts: DocumentPart[] = [];
  let caption: string | undefined;
  for (const block of blocks) {
    const text = block.type === 'paragraph' ? block.text : '';
    const [, example] =
      block.type === 'code' ? (/^example ([\w-]+)$/.exec(block.lang ?? '') ?? []) : [];
    const [, slot] = /^\{(\w+)\}$/.exec(text) ?? [];
    if (block.type === 'code' && example !== undefined) {
      parts.push({ example, label: block.text });
    } else if (slot !== undefined) {
      parts.push({ slot });
    } else if (text.startsWith('Table: ')) {
      caption = renderInline(text.slice('Table: '.length));
    } else if (block.type === 'table' && caption !== undefined) {
      parts.push({ html: fillIn(renderBlock({ ...block, caption })) });
      caption = undefined;
    } else {
      parts.push({ html: fillIn(renderBlock(block)) });
    }
  }
  return parts;
}

/** `{query}` stays: it is another one for each request. */
function fill(html: string, values: Readonly<Record<string, string>>): string {
  return html.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = name === 'query' ? placeholder : ownValue(values, name);
    if (value === undefined) {
      throw new Error(`The guide has no value for ${placeholder}.`);
    }
    return escapeHtml(value);
  });
}
