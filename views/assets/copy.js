// Copy buttons for client ids, secrets and examples. Without this the text is there to be selected.
const status = document.createElement('p');
status.className = 'unseen';
status.setAttribute('role', 'status');
document.querySelector('main').append(status);

for (const button of document.querySelectorAll('[data-copy]')) {
  const source = document.getElementById(button.dataset.copy);
  const label = button.textContent;
  let back;

  /** Says it on the button and to screen readers, for as long as it takes to read. */
  function tell(text) {
    button.textContent = text;
    status.textContent = text;
    clearTimeout(back);
    back = setTimeout(() => {
      button.textContent = label;
      status.textContent = '';
    }, 3000);
  }

  async function copy() {
    try {
      await navigator.clipboard.writeText(source.textContent);
      tell(button.dataset.done);
    } catch {
      // Not allowed, or not over https: at least it is selected.
      getSelection().selectAllChildren(source);
      tell(button.dataset.failed);
    }
  }

  button.addEventListener('click', copy);
  button.hidden = false;
}
