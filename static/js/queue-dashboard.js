/** django-rq's lists in the admin: one box that ticks all others. */

const all = document.getElementById("action-toggle");
const boxes = () => [...document.querySelectorAll("input.action-select")];

all?.addEventListener("change", () => {
  for (const box of boxes()) box.checked = all.checked;
});
document.addEventListener("change", ({ target }) => {
  if (all && target.matches("input.action-select")) all.checked = boxes().every((box) => box.checked);
});
