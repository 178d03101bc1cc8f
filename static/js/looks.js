/** `data-look` sets several controls at once; the look that the controls have now is pressed. */

import { controls, setControl } from "./prompt-bar.js";

const bar = document.getElementById("prompt-bar");
const looks = [...bar.querySelectorAll("[data-look]")];

const settingsOf = (button) => Object.entries(JSON.parse(button.dataset.look));

function mark() {
  const now = controls();
  for (const button of looks) {
    const fits = settingsOf(button).every(([name, value]) => now[name] === value);
    button.setAttribute("aria-pressed", fits);
  }
}

function apply(button) {
  settingsOf(button).forEach(([name, value]) => setControl(name, value));
  bar.dispatchEvent(new Event("change", { bubbles: true }));
}

export function startLooks() {
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-look]");
    if (button) apply(button);
  });
  bar.addEventListener("change", mark);
  mark();
}
