/** The sheet of keyboard shortcuts, and the way out of any dialog. */

export function startHelp() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-shortcuts]")) document.getElementById("shortcuts").showModal();
    if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog").close();
  });
}
