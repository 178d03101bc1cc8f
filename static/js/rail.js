/** The rail shows one job alone; again shows all. And the pill for new jobs. */

import { shownGroups } from "./groups.js";
import { jobAlone, showAll, showAlone } from "./one-job.js";

const pill = document.getElementById("new-pill");
let unseen = 0;

function toTop() {
  unseen = 0;
  pill.hidden = true;
  showAll();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  window.scrollTo({ top: 0, behavior: calm ? "instant" : "smooth" });
  shownGroups()[0]?.focus({ preventScroll: true }); // the pill has gone
}

function showUnseen() {
  pill.hidden = unseen === 0;
  pill.lastElementChild.textContent = `${unseen} new`;
}

export function startRail() {
  document.getElementById("rail-items").addEventListener("click", (event) => {
    const link = event.target.closest(".rail__link");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const id = link.hash.replace("#job-", "");
    if (jobAlone() === id) showAll();
    else showAlone(id);
  });
  pill.addEventListener("click", toTop);
  document.addEventListener("job-added", (event) => {
    if (!event.detail.away && !jobAlone()) return;
    unseen += 1;
    showUnseen();
  });
  document.addEventListener("scroll", () => {
    if (window.scrollY < 40 && unseen && !jobAlone()) {
      unseen = 0;
      showUnseen();
    }
  }, { passive: true });
}
