// Opens the same tab in all code samples of a page, and keeps the choice for the next page. Without
// this, each tab opens by itself.
const groups = [...document.querySelectorAll('[data-samples]')];
const name = groups[0]?.dataset.samples;

/** Opens a tab wherever it exists. */
function open(key) {
  for (const group of groups) {
    const radio = group.querySelector(`[type="radio"][value="${CSS.escape(key)}"]`);
    if (radio) {
      radio.checked = true;
    }
  }
}

/** Puts the key before those of other choices. */
function remember(key) {
  const pair = document.cookie.split(/; */).find((one) => one.startsWith(`${name}=`));
  const others = (pair?.slice(name.length + 1) ?? '')
    .split('.')
    .filter((one) => one && one !== key);
  const secure = name.startsWith('__Host-') ? '; Secure' : '';
  const value = [key, ...others].slice(0, 6).join('.');
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

/** Opens the tab that the address of the page leads to. */
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  const sample = target?.closest('.sample');
  if (sample) {
    const at = [...sample.parentElement.querySelectorAll(':scope > .sample')].indexOf(sample);
    sample.parentElement.querySelectorAll('[type="radio"]')[at].checked = true;
    target.scrollIntoView();
  } else if (target?.matches('.sample-tabs > label')) {
    target.control.checked = true;
  }
}

for (const group of groups) {
  group.addEventListener('change', ({ target }) => {
    if (target.type !== 'radio') {
      return;
    }
    const top = group.getBoundingClientRect().top;
    open(target.value);
    remember(target.value);
    // Groups above may have another height now.
    scrollBy({ top: group.getBoundingClientRect().top - top, behavior: 'instant' });
  });
}
addEventListener('hashchange', openTarget);
openTarget();
