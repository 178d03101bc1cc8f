/** What every page needs: theme, toasts, times in words, being installed as an app. */

import { startInstalling } from "./installing.js";
import { startTimes } from "./times.js";
import { startToasts } from "./toasts.js";

const YEAR = 31_536_000;

function toggleTheme() {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=${YEAR}; samesite=lax`;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-toggle]")) toggleTheme();
});

startToasts();
startTimes();
startInstalling();
