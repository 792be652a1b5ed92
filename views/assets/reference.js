// Marks the operation that the reader sees in the side bar. Without this, the section is marked.
const links = [...document.querySelectorAll('[data-operations] a')];
const headings = links.map((link) => document.getElementById(link.hash.slice(1)));

function mark() {
  const below = headings.findIndex((one) => one.getBoundingClientRect().top > innerHeight / 3);
  const current = (below === -1 ? links.length : Math.max(below, 1)) - 1;
  for (const [index, link] of links.entries()) {
    if (index === current && !link.hasAttribute('aria-current')) {
      link.setAttribute('aria-current', 'true');
      show(link);
    } else if (index !== current) {
      link.removeAttribute('aria-current');
    }
  }
}

/** Scrolls the side bar, never the page. */
function show(link) {
  const bar = link.closest('nav');
  const { top, bottom } = link.getBoundingClientRect();
  const frame = bar.getBoundingClientRect();
  if (top < frame.top || bottom > frame.bottom) {
    bar.scrollTop += top - frame.top - frame.height / 2;
  }
}

if (links.length > 0) {
  let waiting = false;
  addEventListener(
    'scroll',
    () => {
      if (!waiting) {
        waiting = true;
        requestAnimationFrame(() => {
          waiting = false;
          mark();
        });
      }
    },
    { passive: true },
  );
  mark();
}
