// Shows what is typed into a password field. Without this the button stays hidden.
for (const button of document.querySelectorAll('.password > button')) {
  const field = document.getElementById(button.getAttribute('aria-controls'));

  function show(shown) {
    field.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
  }

  button.addEventListener('click', () => show(field.type === 'password'));
  // Browsers remember what text fields contain.
  field.form.addEventListener('submit', () => show(false));
  button.hidden = false;
}
