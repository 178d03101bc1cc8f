/** Two assets in the viewer: a slider between them, side by side, or flipped under the pointer. */

const content = document.getElementById("lightbox-content");
const comparison = () => content.querySelector("[data-comparing]");

/** Percent of the way from the left of `box` to the right at which the pointer is. */
export const percentAt = (clientX, box) => Math.min(100, Math.max(0, (100 * (clientX - box.left)) / box.width));

function split(percent) {
  const slider = content.querySelector("[data-compare-slider]");
  slider.value = percent;
  content.querySelector("[data-compare-stage]").style.setProperty("--split", `${percent}%`);
}

function choose(mode) {
  comparison().dataset.mode = mode;
  content.querySelectorAll("[data-compare-mode]").forEach((button) => {
    button.setAttribute("aria-pressed", button.dataset.compareMode === mode);
  });
}

function flip(on) {
  comparison().classList.toggle("is-flipped", on);
}

const isFlipping = () => comparison()?.dataset.mode === "flip";

function drag(event) {
  const stage = event.target.closest("[data-compare-stage]");
  if (!stage || comparison().dataset.mode !== "slider" || !event.buttons) return;
  split(percentAt(event.clientX, stage.getBoundingClientRect()));
}

/** Keys while two assets are compared. */
export const compareKeys = {
  1: () => choose("slider"),
  2: () => choose("beside"),
  3: () => choose("flip"),
  " ": () => isFlipping() && flip(!comparison().classList.contains("is-flipped")),
  ArrowLeft: () => split(Number(content.querySelector("[data-compare-slider]").value) - 2),
  ArrowRight: () => split(Number(content.querySelector("[data-compare-slider]").value) + 2),
};

export function startCompare() {
  content.addEventListener("input", (event) => {
    if (event.target.matches("[data-compare-slider]")) split(Number(event.target.value));
  });
  content.addEventListener("click", (event) => {
    const button = event.target.closest("[data-compare-mode]");
    if (button) choose(button.dataset.compareMode);
  });
  content.addEventListener("pointerdown", drag);
  content.addEventListener("pointermove", drag);
  for (const [name, on] of [["pointerover", true], ["pointerout", false]]) {
    content.addEventListener(name, (event) => isFlipping() && event.target.closest("[data-compare-stage]") && flip(on));
  }
}
