/** What floats over the end of the page: scrolling, also by focus, keeps clear of it. */

const root = document.documentElement;

const topOf = (element) => element.getBoundingClientRect().top;

/** With what stands out of it, as its handle. */
function coveredBy(element) {
  const floats = element.offsetHeight && getComputedStyle(element).position === "fixed";
  if (!floats) return 0;
  const shown = [...element.children].filter((child) => child.offsetHeight && !child.popover);
  return window.innerHeight - Math.min(topOf(element), ...shown.map(topOf));
}

/** How much of the window lies under what sticks to its top, and over its end: pixels. */
export function covered() {
  const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(root);
  return { top: parseFloat(scrollPaddingTop) || 0, bottom: parseFloat(scrollPaddingBottom) || 0 };
}

/** Keep clear of `element`, whatever its size, while it floats. */
export function startFloating(element) {
  if (!element) return;
  new ResizeObserver(() => {
    root.style.scrollPaddingBottom = `${coveredBy(element)}px`;
  }).observe(element);
}
