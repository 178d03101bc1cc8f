/** A form that comes back refused: the first field that is wrong gets the focus. */

function focusWrong({ detail }) {
  if (detail.xhr?.status !== 422) return;
  const wrong = [...document.querySelectorAll("[aria-invalid='true']")];
  wrong.find((field) => field.checkVisibility())?.focus();
}

export function startRefusals() {
  document.addEventListener("htmx:afterSettle", focusWrong);
}
