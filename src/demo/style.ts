import { createHash } from 'node:crypto';

/** The demo's only style sheet: small enough to be in every page. */
export const STYLE = `
:root { color-scheme: light dark;
  --ground: #f6f4ef; --card: #fff; --text: #1d1b26; --soft: #5d5a6b; --line: #dfdbe6;
  --accent: #5b3df0; --on-accent: #fff; --code: #f3f1f8;
  --good: #0d6b3f; --good-ground: #dff5e8; --bad: #9c1c34; --bad-ground: #fde6ea }
@media (prefers-color-scheme: dark) { :root {
  --ground: #14121c; --card: #1e1b29; --text: #edeaf5; --soft: #aaa5bd; --line: #353047;
  --accent: #a493ff; --on-accent: #17132b; --code: #171420;
  --good: #7fe0ac; --good-ground: #123524; --bad: #ff9fb0; --bad-ground: #421723 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif }
header, main, footer { max-width: 46rem; margin: 0 auto; padding: 0 1rem }
header { padding-top: 1.25rem; font-weight: 700 }
header a { display: inline-flex; gap: .5rem; align-items: center; color: inherit;
  text-decoration: none }
header a::before { content: ''; width: 1.1rem; height: 1.1rem; background: var(--accent);
  border-radius: 0 0 50% 50% }
footer { padding: 1.5rem 1rem 2rem; color: var(--soft); font-size: .875rem }
h1 { margin: 1.5rem 0 .5rem; font-size: clamp(1.6rem, 5vw, 2.25rem); line-height: 1.15;
  letter-spacing: -.02em; text-wrap: balance }
h2 { margin: 0; font-size: 1.0625rem }
p { margin: .5rem 0 }
a { color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.lead { color: var(--soft); font-size: 1.0625rem; max-width: 36rem }
.button, button { display: inline-flex; align-items: center; min-height: 2.75rem; padding: .55rem 1.1rem;
  border: 1px solid var(--accent); border-radius: .6rem; background: var(--accent);
  color: var(--on-accent); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer }
.quiet { background: transparent; color: var(--text); border-color: var(--line) }
.quiet:hover { border-color: var(--accent) }
.notice { margin: 1.25rem 0; padding: .9rem 1.1rem; border-radius: .75rem;
  border-left: 4px solid var(--bad); background: var(--bad-ground) }
.notice code { overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1rem 0 }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
ol { list-style: none; margin: 1.25rem 0 0; padding: 0; display: grid; gap: .9rem }
.step { padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: .9rem;
  background: var(--card); scroll-margin-top: 1rem; min-width: 0 }
.step:target { border-color: var(--accent) }
.top { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: start }
.top h2 { flex: 1 1 12rem }
.badge { padding: .1rem .6rem; border-radius: 1rem; font-size: .875rem; font-weight: 600;
  background: var(--good-ground); color: var(--good); white-space: nowrap }
.badge.bad { background: var(--bad-ground); color: var(--bad) }
pre { margin: .6rem 0 0; padding: .7rem .85rem; border-radius: .6rem; background: var(--code);
  font: .8125rem/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
pre.request { background: none; padding: 0; color: var(--soft) }
.bar { position: sticky; bottom: 0; display: flex; flex-wrap: wrap; gap: .5rem;
  margin: 1.25rem -1rem 0; padding: .75rem 1rem; background: var(--ground);
  border-top: 1px solid var(--line) }
.bar .button, .bar button { min-height: 2.5rem; padding: .3rem .8rem; font-size: .9375rem }
@media (max-width: 30rem) { .bar { gap: .4rem }
  .bar .button, .bar button { padding: .3rem .55rem; font-size: .875rem } }
details { margin-top: .6rem }
summary { cursor: pointer; color: var(--soft); font-size: .9375rem }
.sides { margin-top: 1.75rem }
.sides ul { margin: .5rem 0 0; padding-left: 1.2rem; display: grid; gap: .6rem; color: var(--soft) }
ul.plain { padding-left: 1.2rem; color: var(--soft) }
`;

/** For the Content-Security-Policy: this style, and no other. */
export const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
