import { readFileSync } from 'node:fs';
import type { Page } from '../http/page.ts';
import { translator } from '../http/translate.ts';
import { escapeHtml } from '../lib/html.ts';
import type { Locale } from '../lib/locale.ts';
import type { GuideChapter, GuideProps } from './guide.ts';
import { blocksOf, renderBlock } from './markdown.ts';
import { type SiteDeps, staticPage } from './site-page.ts';
import type { SiteText } from './texts.ts';

const FILE = new URL('../../CHANGELOG.md', import.meta.url);

/** The changelog, which is English in all languages. A chapter is one section of a release. */
export const changelogPage: Page<SiteDeps> = staticPage('/docs/changelog', 'docs/guide', present);

function present(locale: Locale): GuideProps {
  const t = translator<SiteText>(locale);
  const note = locale === 'en' ? [] : [t('changelog.english')];
  return {
    crumbs: `<a href="/docs">${escapeHtml(t('guide.title'))}</a>`,
    title: t('changelog.title'),
    lead: escapeHtml(t('changelog.lead')),
    intro: note.map((text) => ({ html: `<p class="notice">${escapeHtml(text)}</p>` })),
    chapters: readChapters(),
  };
}

function readChapters(): GuideChapter[] {
  const chapters: { title: string; html: string[] }[] = [];
  let release = '';
  for (const block of blocksOf(readFileSync(FILE, 'utf8'))) {
    if (block.type === 'heading' && block.depth <= 2) {
      release = block.text;
    } else if (block.type === 'heading') {
      chapters.push({ title: `${release}: ${block.text}`, html: [] });
    } else {
      chapters.at(-1)?.html.push(renderBlock(block));
    }
  }
  return chapters.map(({ title, html }) => ({
    id: title.toLowerCase().replace(/\W+/g, '-'),
    title: escapeHtml(title),
    lang: 'en',
    // Its links lead to files of the source code.
    parts: [{ html: `<div lang="en">${html.join('').replace(/<a [^>]*>|<\/a>/g, '')}</div>` }],
  }));
}
