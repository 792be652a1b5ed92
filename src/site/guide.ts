import { type DocumentPart, fillQuery, type GuideDocument } from './guide-document.ts';

/** A part of a guide: HTML, a code block, a partial of `views/docs/` by its name, or tabs. */
export type GuidePart =
  | { readonly html: string }
  | GuideCode
  | { readonly slot: string }
  | GuideTabs;

/** A code block. */
interface GuideCode {
  readonly id: string;
  readonly label: string;
  /** HTML. */
  readonly code: string;
  /** True for a long one that is shown in a low box. */
  readonly isLow?: boolean;
}

/** Sections of which a reader needs one. */
export interface GuideTabs {
  /** Unique on the page. */
  readonly name: string;
  readonly tabs: readonly GuideTab[];
}

/** One of several sections of which a reader needs one, mostly a programming language. */
export interface GuideTab {
  /** Remembered in `chosenSamples`. */
  readonly key: string;
  /** HTML. */
  readonly title: string;
  /** Anchor; without one, the section has no heading. */
  readonly id?: string;
  readonly parts: readonly GuidePart[];
}

/** An example in one programming language. */
export interface Sample {
  readonly key: string;
  readonly title: string;
  /** HTML. */
  readonly code: string;
}

/** Examples by their names in the Markdown: HTML, or the same in several languages. */
export type Examples = Readonly<Record<string, string | readonly Sample[]>>;

/** A chapter of a guide. */
export interface GuideChapter {
  readonly id: string;
  /** HTML. */
  readonly title: string;
  /** Language of the title, if it is not the one of the page. */
  readonly lang?: string;
  readonly parts: readonly GuidePart[];
}

/** A guide in a list of guides. */
export interface GuideLink {
  readonly href: string;
  /** HTML. */
  readonly title: string;
  /** HTML. */
  readonly lead: string;
  /** Chapters that had their anchors on the page of the list once. */
  readonly chapters: readonly {
    readonly id: string;
    /** HTML. */
    readonly title: string;
    /** Anchors in the chapter. */
    readonly anchors: readonly string[];
  }[];
}

/** Values of the slots. */
export interface GuideSlots {
  /** Client ID with which the examples are filled in. */
  readonly clientId?: string | undefined;
  /** Name of that application; only for its owner. */
  readonly applicationName?: string | undefined;
  readonly programs?: GuidePart;
  readonly guides?: readonly GuideLink[];
  readonly scopes?: readonly { readonly name: string; readonly text: string }[];
  readonly permissions?: readonly { readonly name: string; readonly isOrganizerLevel: boolean }[];
}

/** Props of a guide. `crumbs` and `lead` are HTML. */
export interface GuideProps extends GuideSlots {
  readonly crumbs: string;
  readonly title: string;
  readonly lead: string;
  readonly intro: readonly GuidePart[];
  readonly chapters: readonly GuideChapter[];
}

/**
 * Fills a guide in for a request.
 * @param examples code by the names in the Markdown
 * @param query kept in links to other pages of the guide; empty, or with its question mark
 * @throws Error for an example that is not among `examples`
 */
export function presentDocument(
  { crumbs, title, lead, intro, chapters }: GuideDocument,
  examples: Examples,
  query = '',
): GuideProps {
  const code = new Map(Object.entries(examples));
  const present = (part: DocumentPart): GuidePart => {
    if ('html' in part) {
      return { html: fillQuery(part.html, query) };
    }
    if ('slot' in part) {
      return part;
    }
    if ('tabs' in part) {
      return {
        name: part.tabs.map(({ id }) => id).join('-'),
        tabs: part.tabs.map((tab) => ({ ...tab, key: tab.id, parts: tab.parts.map(present) })),
      };
    }
    const example = code.get(part.example);
    if (example === undefined) {
      throw new Error(`The guide "${title}" has no example ${part.example}.`);
    }
    const { example: id, label } = part;
    return typeof example === 'string' ? { id, label, code: example } : tabsOf(example, id, label);
  };
  return {
    crumbs: fillQuery(crumbs, query),
    title,
    lead,
    intro: intro.map(present),
    chapters: chapters.map((chapter) => ({ ...chapter, parts: chapter.parts.map(present) })),
  };
}

function tabsOf(samples: readonly Sample[], id: string, label: string): GuidePart {
  return {
    name: id,
    tabs: samples.map(({ key, title, code }, index) => ({
      key,
      title,
      parts: [{ id: index === 0 ? id : `${id}-${key}`, label, code }],
    })),
  };
}
