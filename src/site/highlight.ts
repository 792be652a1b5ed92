import { createRequire } from 'node:module';
import { escapeHtml } from '../lib/html.ts';
import { lazy } from '../lib/lazy.ts';

/** Languages of the code in the guides, as highlight.js names them. */
const LANGUAGES = ['bash', 'javascript', 'python', 'php', 'xml', 'apache', 'http', 'json'] as const;

/** Language of a code block. */
export type CodeLanguage = (typeof LANGUAGES)[number];

/**
 * Class of each kind of text that has a color in `guide.css`. Other kinds have none.
 * @see https://highlightjs.readthedocs.io/en/stable/css-classes-reference.html
 */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['comment', 'c-comment'],
  ['doctag', 'c-comment'],
  ['meta', 'c-comment'],
  ['string', 'c-string'],
  ['regexp', 'c-string'],
  ['keyword', 'c-keyword'],
  ['built_in', 'c-keyword'],
  ['literal', 'c-keyword'],
  ['number', 'c-number'],
  ['title', 'c-name'],
  ['attr', 'c-name'],
  ['attribute', 'c-name'],
  ['name', 'c-name'],
  ['section', 'c-name'],
  ['variable', 'c-variable'],
  ['subst', 'c-plain'],
]);

/** The parts of highlight.js that are used here. */
interface Highlighter {
  registerLanguage(name: string, language: unknown): void;
  highlight(
    code: string,
    options: { readonly language: string; readonly ignoreIllegals: boolean },
  ): { readonly value: string };
}

const require = createRequire(import.meta.url);

/** Loaded when the first guide is opened, so that starting takes neither time nor memory for it. */
const highlighter = lazy(() => {
  const core: Highlighter = require('highlight.js/lib/core');
  for (const language of LANGUAGES) {
    core.registerLanguage(language, require(`highlight.js/lib/languages/${language}`));
  }
  return core;
});

/** Returns code as HTML, with a class for each kind of text. */
export function highlight(code: string, language: CodeLanguage | undefined): string {
  if (language === undefined) {
    return escapeHtml(code);
  }
  const { value } = highlighter().highlight(code, { language, ignoreIllegals: true });
  return withClasses(value);
}

/** Gives each element the class of its kind, and removes those without a color. */
function withClasses(html: string): string {
  const open: boolean[] = [];
  return html.replace(/<span class="(?:hljs-)?([\w-]+)[^"]*">|<\/span>/g, (_, kind?: string) => {
    if (kind === undefined) {
      return open.pop() === true ? '</span>' : '';
    }
    const name = CLASSES.get(kind);
    open.push(name !== undefined);
    return name === undefined ? '' : `<span class="${name}">`;
  });
}
