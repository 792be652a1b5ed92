// The form of an application: rows of redirect URIs, and what the server says of them while they are
// typed. Without this there are free rows and a button for the preview.
const form = document.querySelector('form[data-live]');
const list = form.querySelector('[data-uris]');
const add = form.querySelector('[data-add]');
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

let timer;
let asked;

/** Takes verdicts and preview from the page with which the server answers the preview button. */
async function ask() {
  asked?.abort();
  asked = new AbortController();
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === 'string');
  const body = new URLSearchParams([...fields, ['preview', '1']]);
  try {
    const answer = await fetch(form.action, { method: 'POST', body, signal: asked.signal });
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

for (const row of rows().slice(1)) {
  if (row.firstElementChild.value === '') {
    row.remove();
  }
}
number();
add.hidden = false;
add.addEventListener('click', () => addRow('').focus());
document.querySelector('[data-preview]').hidden = true;
list.addEventListener('paste', paste);
form.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(ask, 250);
});
