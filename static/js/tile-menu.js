/** One menu for all tiles, opened at the tile whose button was pressed. */

const menu = document.getElementById("tile-menu");

function openAt(button) {
  const tile = button.closest(".tile");
  menu.dataset.asset = tile.dataset.asset;
  menu.dataset.tile = tile.id;
  menu.querySelector("[data-recall-as='video']").hidden = tile.dataset.kind === "video";
  menu.showPopover({ source: button });
  menu.querySelector("button").focus();
}

function move(event) {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("button:not([hidden])")];
  const at = items.indexOf(document.activeElement);
  items.at((at + steps[event.key]) % items.length).focus();
}

export function startTileMenu() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tile-menu]");
    if (button) openAt(button);
    if (event.target.closest("[data-menu-view]")) {
      menu.hidePopover();
      document.getElementById(menu.dataset.tile)?.querySelector("[data-view]").click();
    }
  });
  menu.addEventListener("keydown", move);
}
