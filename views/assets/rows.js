// Filters the rows of a list while somebody types, and counts the selected ones. The list works without.
const find = document.querySelector('.list-find');
const search = find?.querySelector('[type=search]');
const filter = find?.querySelector('.filter');
const selection = document.querySelector('.selection');
// Rows on other pages, and those that another search has left out, only the server finds.
const list = document.querySelector('[data-rows][data-complete]');
const rows = [...document.querySelectorAll('.row:not([data-empty])')].map((item) => ({
  item,
  box: item.querySelector('.row-check input'),
  text: plain(item.querySelector('.row-title').textContent),
}));

/** Without case and accents, so that "cafe" finds "Café". */
function plain(text) {
  return text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').trim();
}

function show() {
  const words = plain(search.value).split(/\s+/);
  for (const row of rows) {
    // A selected row stays visible: nothing is submitted that cannot be seen.
    row.item.hidden = !row.box?.checked && !words.every((word) => row.text.includes(word));
  }
  list.querySelector('[data-empty]').hidden = rows.some((row) => !row.item.hidden);
}

if (search && list) {
  search.addEventListener('input', () => {
    show();
    count();
  });
  // Back from another page, the browser may bring the text back after this ran.
  window.addEventListener('pageshow', show);
}

/** The filters close as a menu does. Escape takes the focus to their summary, which stays. */
function closeFilter(event) {
  if (event.type === 'click') {
    filter.open &&= filter.contains(event.target);
  } else if (event.key === 'Escape' && filter.open) {
    const hadFocus = filter.contains(document.activeElement);
    filter.open = false;
    if (hadFocus) {
      filter.querySelector('summary').focus();
    }
  }
}

if (filter) {
  document.addEventListener('click', closeFilter);
  document.addEventListener('keydown', closeFilter);
}

function count() {
  if (!selection) {
    return;
  }
  const selected = rows.filter((row) => row.box.checked);
  const shown = rows.filter((row) => !row.item.hidden);
  const status = selection.querySelector('[data-selected]');
  status.textContent = `${selected.length} ${status.dataset.text}`;
  const all = selection.querySelector('[data-select-all] input');
  all.checked = shown.length > 0 && shown.every((row) => row.box.checked);
  all.indeterminate = selected.length > 0 && !all.checked;
}

if (selection) {
  const all = selection.querySelector('[data-select-all]');
  all.hidden = false;
  all.addEventListener('change', (event) => {
    for (const row of rows.filter((one) => !one.item.hidden)) {
      row.box.checked = event.target.checked;
    }
    count();
  });
  selection.closest('form').addEventListener('change', count);
  window.addEventListener('pageshow', count);
}
