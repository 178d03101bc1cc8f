/** The rail scrolls to a job and focuses it; again shows all. And the pill for new jobs. */

const pill = document.getElementById("new-pill");
let unseen = 0;

function toTop() {
  unseen = 0;
  pill.hidden = true;
  window.scrollTo({ top: 0, behavior: "smooth" });
}

function showUnseen() {
  pill.hidden = unseen === 0;
  pill.lastElementChild.textContent = `${unseen} new`;
}

function focusJob(link) {
  const again = link.getAttribute("aria-current") === "true";
  document.querySelectorAll(".rail__link[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
  if (again) return toTop();
  link.setAttribute("aria-current", "true");
  const job = document.querySelector(link.hash);
  job.scrollIntoView({ behavior: "smooth" });
  job.focus({ preventScroll: true });
}

export function startRail() {
  document.getElementById("rail-items").addEventListener("click", (event) => {
    const link = event.target.closest(".rail__link");
    if (!link) return;
    event.preventDefault();
    focusJob(link);
  });
  pill.addEventListener("click", toTop);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.id === "prompt-bar" && event.detail.successful) toTop(); // to one's own new job
  });
  document.addEventListener("job-added", (event) => {
    if (!event.detail.away) return;
    unseen += 1;
    showUnseen();
  });
  document.addEventListener("scroll", () => {
    if (window.scrollY < 40 && unseen) {
      unseen = 0;
      showUnseen();
    }
  }, { passive: true });
}
