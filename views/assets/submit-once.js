// A second click while the answer is on its way would register twice.
for (const form of document.querySelectorAll('form[data-once]')) {
  const button = form.querySelector('button[type=submit]');
  let sent = false;
  form.addEventListener('submit', (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    button.setAttribute('aria-disabled', 'true');
  });
  // Back from the next page, the browser may show this one as it was left.
  window.addEventListener('pageshow', () => {
    sent = false;
    button.removeAttribute('aria-disabled');
  });
}
