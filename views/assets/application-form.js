// The form of an application: rows of redirect URIs, and what the server says of them while they are
// typed. Without this there are free rows and a button for the preview.
const form = document.querySelector('form[data-live]');
const list = form.querySelector('[data-uris]');
const add = form.querySelector('[data-add]');
const preview = document.querySelector('[data-preview]');
const rows = () => [...list.children];

function number() {
  for (const [index, row] of rows().entries()) {
    const [input, verdict] = row.children;
    input.id = `redirect_uri-${index + 1}`;
    input.setAttribute('aria-label', list.dataset.uris.replace('#', index + 1));
    verdict.id = `${input.id}-verdict`;
    input.setAttribute('aria-describedby', verdict.id);
  }
}

function addRow(value) {
  const row = list.lastElementChild.cloneNode(true);
  const [input, verdict] = row.children;
  input.value = value;
  input.removeAttribute('placeholder');
  input.removeAttribute('aria-invalid');
  verdict.className = 'verdict';
  verdict.replaceChildren();
  list.append(row);
  number();
  return input;
}

/** Several lines, pasted into one row, become rows. */
function paste(event) {
  const lines = (event.clipboardData?.getData('text') ?? '').split(/[\r\n]+/).filter(Boolean);
  if (lines.length > 1) {
    event.preventDefault();
    event.target.value = lines[0].trim();
    for (const line of lines.slice(1)) {
      addRow(line.trim());
    }
    ask();
  }
}

/** Sends the rows as lines of one field: a process of the previous release reads only the first field. */
function join({ formData }) {
  formData.set('redirect_uris', formData.getAll('redirect_uris').join('\n'));
}

let timer;
let asked;

/**
 * Takes verdicts and preview from the page with which the server answers the preview button, at a path
 * that saves nothing.
 */
async function ask() {
  asked?.abort();
  asked = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(preview.formAction, { method: 'POST', body, signal: asked.signal });
    if (answer.ok) {
      show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    }
  } catch {
    // Offline, or asked again: the form still works.
  }
}

function show(page) {
  for (const old of document.querySelectorAll('[data-fresh]')) {
    const fresh = page.getElementById(old.id);
    if (fresh !== null && fresh.outerHTML !== old.outerHTML) {
      old.className = fresh.className;
      old.replaceChildren(...fresh.childNodes);
    }
  }
  for (const [input, verdict] of rows().map((row) => row.children)) {
    input.toggleAttribute('aria-invalid', false);
    if (verdict.classList.contains('bad')) {
      input.setAttribute('aria-invalid', 'true');
    }
  }
}

// Only the free rows at the end: sentences about others name their numbers.
while (rows().length > 1 && list.lastElementChild.firstElementChild.value === '') {
  list.lastElementChild.remove();
}
number();
add.hidden = false;
add.addEventListener('click', () => addRow('').focus());
preview.hidden = true;
list.addEventListener('paste', paste);
form.addEventListener('formdata', join);
form.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(ask, 250);
});
