/** What stands first in the window, so that it can stay there when something above it changes. */

export const headerHeight = () => document.querySelector(".header")?.offsetHeight ?? 0;

/** The first tile of `shelf` in the window and its height there, or undefined. */
export function anchorOf(shelf) {
  const top = headerHeight();
  const tile = [...shelf.querySelectorAll("[data-asset]")].find((one) => {
    const box = one.getBoundingClientRect();
    return box.bottom > top && box.top < window.innerHeight;
  });
  return tile && { tile, top: tile.getBoundingClientRect().top };
}

const movedFrom = ({ tile, top }) => tile.getBoundingClientRect().top - top;

/** Whether what was `held` is still where it was. */
export const stands = (held) => Boolean(held?.tile.isConnected) && Math.abs(movedFrom(held)) < 1;

/** Scroll so that what was `held` is where it was; at the very top the page stays there. */
export function keep(held) {
  if (!held?.tile.isConnected) return;
  const moved = movedFrom(held);
  if (window.scrollY && Math.abs(moved) >= 1) window.scrollBy({ top: moved, behavior: "instant" });
}
