import type { Config } from '../config/config.ts';
import { type Page, render } from '../http/page.ts';
import type { Locale } from '../lib/locale.ts';
import { chosenSamples } from './chosen-samples.ts';
import type { GuideLink, GuidePart } from './guide.ts';
import { type DocumentChapter, type GuideDocument, readGuide } from './guide-document.ts';
import { GUIDES } from './guide-page.ts';
import { PROGRAMS, presentFor, queryOf, type Reader, readerOf } from './guide-reader.ts';
import { settingsFor } from './guide-settings.ts';
import { textOf } from './markdown.ts';
import { perLanguage, type SiteDeps } from './site-page.ts';

/** The start page of the documentation: quickstart, guides, reference, changelog. */
export function startPage(config: Config): Page<SiteDeps> {
  const documents = perLanguage((locale) => ({
    start: readGuide('start', locale, settingsFor(config, locale)),
    programs: readGuide('examples', locale, settingsFor(config, locale)),
    guides: [...GUIDES, 'api-services'].map((name) => linkTo(name, locale, config)),
  }));
  return {
    path: '/docs',
    show: async (deps, ctx) => {
      const reader = await readerOf(deps, ctx);
      const { start, programs, guides } = documents(reader.locale);
      const query = queryOf(reader);
      return render('docs/guide', {
        ...presentFor(config, reader, start),
        ...chosenSamples(ctx),
        programs: presentPrograms(config, reader, programs),
        guides: guides.map(({ href, ...guide }) => ({ ...guide, href: `${href}${query}` })),
      });
    },
  };
}

function linkTo(name: string, locale: Locale, config: Config): GuideLink {
  const { title, lead, chapters } = readGuide(name, locale, settingsFor(config, locale));
  return {
    href: `/docs/${name}`,
    title,
    lead: textOf(lead),
    // This guide was at `/docs` before.
    chapters:
      name === 'guide'
        ? chapters.map((chapter) => ({
            id: chapter.id,
            title: chapter.title,
            anchors: anchorsIn(chapter),
          }))
        : [],
  };
}

/** Returns the anchors of the headings in a chapter. */
function anchorsIn({ parts }: DocumentChapter): string[] {
  return parts.flatMap((part) =>
    'html' in part ? [...part.html.matchAll(/<h3 id="([\w-]+)"/g)].map(([, id = '']) => id) : [],
  );
}

/** Makes tabs of the chapters with complete programs. */
function presentPrograms(config: Config, reader: Reader, document: GuideDocument): GuidePart {
  const { chapters } = presentFor(config, reader, document);
  const partsOf = (chapter: string) =>
    (chapters.find(({ id }) => id === chapter)?.parts ?? []).map((part) =>
      'code' in part ? { ...part, isLow: true } : part,
    );
  return {
    name: 'programs',
    tabs: PROGRAMS.map(([key, title, , chapter]) => ({
      key,
      title,
      parts: partsOf(chapter),
    })),
  };
}
