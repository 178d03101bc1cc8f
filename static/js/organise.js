/** Review lists: what is chosen is counted; Undo in a toast brings the list up to date. */

const review = document.getElementById("review");

const ticked = (group) => group.querySelectorAll("input[type=checkbox]:checked").length;

/** What pressing the button would do, in words. */
function words() {
  if (review.dataset.review !== "duplicates") {
    const chosen = [...review.querySelectorAll("[data-review-choice]")].filter(({ value }) => value).length;
    return chosen ? `${chosen} chosen` : "Nothing chosen yet";
  }
  const groups = [...review.querySelectorAll("[data-alike]")].filter(ticked);
  const boxes = groups.flatMap((group) => [...group.querySelectorAll("input[type=checkbox]")]);
  const going = boxes.filter((box) => !box.checked).length;
  return groups.length ? `${boxes.length - going} kept, ${going} to the trash` : "Nothing ticked yet";
}

function count() {
  const place = review.querySelector("[data-review-chosen]");
  if (place) place.textContent = words();
  for (const group of review.querySelectorAll("[data-alike]")) group.classList.toggle("alike--decided", ticked(group) > 0);
}

function tick(boxes) {
  for (const box of boxes) box.checked = true;
  count();
}

review.addEventListener("change", count);
review.addEventListener("click", (event) => {
  const all = event.target.closest("[data-alike-all]");
  if (all) tick(all.closest("[data-alike]").querySelectorAll("input[type=checkbox]"));
  if (event.target.closest("[data-review-suggested]")) tick(review.querySelectorAll("[data-suggested]"));
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful || !event.target.closest("[data-undo]")) return;
  htmx.ajax("GET", location.href, { source: review, target: review, select: "#review > *", swap: "innerHTML" });
});
review.addEventListener("htmx:afterSettle", count);
count();
