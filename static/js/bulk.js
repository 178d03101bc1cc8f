/** The form for all that match: only the fields that its action takes, and out of the way after. */

function fit(form) {
  const action = form.elements.action.value;
  form.querySelectorAll("[data-for]").forEach((field) => {
    field.hidden = !field.dataset.for.split(" ").includes(action);
  });
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-bulk] [name=action]")) fit(event.target.form);
});
document.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelectorAll?.("[data-bulk]").forEach(fit);
});
document.addEventListener("batch-started", () => document.getElementById("bulk-popup")?.hidePopover());
