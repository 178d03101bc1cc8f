/**
 * Zoom and pan of the picture in the viewer's stage: `{scale, x, y}`, where scale 1 fits the
 * stage and x, y are CSS pixels from its centre.
 */

const MOST = 8;
const FIT = { scale: 1, x: 0, y: 0 };
const STEP = 1.25;

let view = FIT;

/** `view` after zooming by `factor`, so that what is at `point` (from the centre) stays there. */
export function zoomedAt({ scale, x, y }, factor, point) {
  const next = Math.min(MOST, Math.max(1, scale * factor));
  const by = next / scale;
  return { scale: next, x: point.x - (point.x - x) * by, y: point.y - (point.y - y) * by };
}

/** `view` moved so that no more of the stage is empty than has to be. */
export function within(view, picture, stage) {
  const keep = (at, size, room) => {
    const reach = Math.max(0, (size * view.scale - room) / 2);
    return Math.min(reach, Math.max(-reach, at));
  };
  return { ...view, x: keep(view.x, picture.width, stage.width), y: keep(view.y, picture.height, stage.height) };
}

const stage = () => document.querySelector("#lightbox [data-stage]");
const picture = () => stage()?.querySelector("[data-zoomable]");

export const isZoomed = () => view.scale > 1;

/** Where a pointer is, from the stage's centre. */
export function fromCentre({ clientX, clientY }) {
  const box = stage().getBoundingClientRect();
  return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 };
}

/** Show the picture moved by `x`, `y`, as a finger drags it; null puts it where the view says. */
export function draw({ scale, x, y } = view) {
  const image = picture();
  if (!image) return;
  image.style.transform = scale === 1 && !x && !y ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
  stage().classList.toggle("is-zoomed", scale > 1);
  document.querySelector("#lightbox [data-zoom-level]").textContent = `${Math.round(scale * 100)} %`;
}

function show(next) {
  const image = picture();
  if (!image) return;
  const size = { width: image.offsetWidth, height: image.offsetHeight };
  const room = { width: stage().clientWidth, height: stage().clientHeight };
  view = next.scale === 1 ? FIT : within(next, size, room);
  draw();
}

export const fit = () => show(FIT);
export const zoomBy = (factor, point = { x: 0, y: 0 }) => show(zoomedAt(view, factor, point));
export const panBy = (x, y) => show({ ...view, x: view.x + x, y: view.y + y });

const ways = { in: () => zoomBy(STEP), out: () => zoomBy(1 / STEP), fit };

/** Keys, by the direction in which the window moves over the picture. */
export const zoomKeys = { "+": ways.in, "=": ways.in, "-": ways.out, 0: fit };
export const panKeys = {
  ArrowLeft: () => panBy(80, 0),
  ArrowRight: () => panBy(-80, 0),
  ArrowUp: () => panBy(0, 80),
  ArrowDown: () => panBy(0, -80),
};

function wheel(event) {
  if (!event.target.closest("[data-stage]")) return;
  event.preventDefault();
  zoomBy(Math.exp(-event.deltaY / 400), fromCentre(event));
}

function doubleClick(event) {
  if (!event.target.closest("[data-stage]")) return;
  if (isZoomed()) fit();
  else zoomBy(2.5, fromCentre(event));
}

export function startZoom(dialog) {
  dialog.addEventListener("wheel", wheel, { passive: false });
  dialog.addEventListener("dblclick", doubleClick);
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button) ways[button.dataset.zoom]();
  });
  window.addEventListener("resize", () => isZoomed() && show(view));
}
