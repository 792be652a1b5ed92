// Makes a long list of organizers easy: a filter, two buttons and a count. The form works without.
for (const finder of document.querySelectorAll('[data-finder]')) {
  const fieldset = finder.closest('fieldset');
  const filter = finder.querySelector('input');
  const status = finder.querySelector('[data-status]');
  const empty = fieldset.querySelector('[data-empty]');
  const rows = [...fieldset.querySelectorAll('.organizers > li:not([data-empty])')].map((item) => ({
    item,
    box: item.querySelector('input'),
    text: plain(item.querySelector('bdi').textContent),
  }));
  const limit = Number(finder.dataset.limit ?? Infinity);
  const selected = () => rows.filter((row) => row.box.checked).length;
  const shown = () => rows.filter((row) => !row.item.hidden);

  /** Without case and accents, so that "cafe" finds "Café". */
  function plain(text) {
    const lower = text.toLocaleLowerCase(finder.dataset.locale);
    return lower.normalize('NFKD').replace(/\p{M}/gu, '').trim();
  }

  function count() {
    const texts = [
      finder.dataset.count.replace('{selected}', selected()).replace('{total}', rows.length),
    ];
    if (shown().length < rows.length) {
      texts.push(finder.dataset.shown.replace('{shown}', shown().length));
    }
    if (selected() >= limit) {
      texts.push(finder.dataset.full);
    }
    status.textContent = texts.join(' · ');
  }

  function show() {
    const words = plain(filter.value).split(/\s+/);
    for (const row of rows) {
      row.item.hidden = !words.every((word) => row.text.includes(word));
    }
    empty.hidden = shown().length > 0;
    count();
  }

  /** Ticks as many as one access can have: the form with more would be refused. */
  function tickShown() {
    const missing = shown().filter((row) => !row.box.checked);
    for (const row of missing.slice(0, Math.max(0, limit - selected()))) {
      row.box.checked = true;
    }
    count();
  }

  function clear() {
    for (const row of rows) {
      row.box.checked = false;
    }
    count();
  }

  filter.addEventListener('input', show);
  filter.addEventListener('keydown', (event) => {
    // Enter in here is for the filter, never for the form.
    if (event.key === 'Enter') {
      event.preventDefault();
    }
  });
  finder.querySelector('[data-all]').addEventListener('click', tickShown);
  finder.querySelector('[data-clear]').addEventListener('click', clear);
  fieldset.addEventListener('change', count);
  // Back from another page, the browser may bring the ticks and the filter back after this ran.
  window.addEventListener('pageshow', show);
  // A filtered list keeps its height: Allow and Deny must not move under the pointer.
  const list = fieldset.querySelector('.organizers');
  list.style.minHeight = `${Math.min(list.offsetHeight, window.innerHeight / 2)}px`;
  show();
  finder.classList.add('ready');
}

// Keeps the summary beside Allow and Deny, and the name of the only organizer, as they are selected.
for (const form of document.querySelectorAll('[data-consent]')) {
  const summary = form.querySelector('[data-summary]');
  const allow = form.querySelector('[value="allow"]');
  const named = allow?.hasAttribute('data-only') ? allow.innerHTML : undefined;
  const list = new Intl.ListFormat(form.dataset.locale);
  const short = new Intl.ListFormat(form.dataset.locale, { type: 'unit', style: 'short' });
  const boxes = [...form.querySelectorAll('[name="organizers"]')];
  const textOf = ({ parentElement: label }) =>
    (label.querySelector('bdi') ?? label.querySelector('span')).textContent;

  function organizers() {
    const selected = boxes.filter((box) => box.checked);
    if (selected.length > 2) {
      return form.dataset.some.replace('#', selected.length);
    }
    return list.format(selected.map(textOf)) || form.dataset.none;
  }

  function summarize() {
    const scopes = form.querySelectorAll('[name="scopes"]:is(:checked, [type="hidden"])');
    const kinds = new Set([...scopes].map((scope) => scope.dataset.kind));
    const ends = form.querySelector('[name="ends"]:not([value="never"]):checked');
    const parts = [
      short.format(kinds),
      boxes.length > 0 ? organizers() : '',
      ends ? textOf(ends) : '',
    ];
    summary.textContent = parts.filter((part) => part !== '').join(' · ');
    if (named !== undefined) {
      allow.innerHTML = boxes[0].checked ? named : form.dataset.allow;
    }
  }

  if (summary !== null) {
    form.addEventListener('change', summarize);
    // The buttons of the finder select without an event.
    form.addEventListener('click', () => queueMicrotask(summarize));
    window.addEventListener('pageshow', summarize);
    summarize();
  }
}
