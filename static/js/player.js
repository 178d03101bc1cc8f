/** The viewer's own controls for a clip: play, seek, step by frame, sound. */

const MUTED = "ourvidz.muted";

/** The number of the frame that is shown at `time`, in seconds. */
export const frameAt = (time, fps) => Math.floor(time * fps + 1e-3);

/** A time in the middle of frame `number`, so that rounding never shows its neighbour. */
export const timeOf = (number, fps) => (Math.max(0, number) + 0.5) / fps;

/** 83.256 -> "1:23.26" */
export function clock(seconds) {
  const hundredths = Math.round(seconds * 100);
  const [minutes, rest] = [Math.floor(hundredths / 6000), hundredths % 6000];
  return `${minutes}:${(rest / 100).toFixed(2).padStart(5, "0")}`;
}

const content = document.getElementById("lightbox-content");
const player = () => content.querySelector("[data-player]");
const video = () => content.querySelector("video[data-zoomable]");

export function togglePlay() {
  if (video()?.paused) video().play();
  else video()?.pause();
}

/** Pause and show the frame `by` away from the current one. */
export function step(by) {
  const clip = video();
  if (!clip?.duration) return; // not loaded yet
  const fps = Number(player().dataset.fps);
  clip.pause();
  const last = Math.max(0, Math.round(clip.duration * fps) - 1);
  clip.currentTime = timeOf(Math.min(last, frameAt(clip.currentTime, fps) + by), fps);
}

export function toggleSound() {
  const clip = video();
  if (!clip) return;
  clip.muted = !clip.muted;
  localStorage.setItem(MUTED, clip.muted);
}

export const playerKeys = { " ": togglePlay, k: togglePlay, ",": () => step(-1), ".": () => step(1), m: toggleSound };

/** Make the controls say what the clip does. */
function show() {
  const [bar, clip] = [player(), video()];
  if (!bar || !clip) return;
  const seek = bar.querySelector("[data-seek]");
  if (clip.duration) seek.max = clip.duration;
  seek.value = clip.currentTime;
  seek.setAttribute("aria-valuetext", clock(clip.currentTime));
  bar.querySelector("[data-time]").textContent = clock(clip.currentTime);
  press(bar.querySelector("[data-play]"), !clip.paused, clip.paused ? "Play (space)" : "Pause (space)");
  press(bar.querySelector("[data-mute]"), clip.muted, clip.muted ? "Sound on (M)" : "Sound off (M)");
}

function press(button, pressed, label) {
  button.setAttribute("aria-pressed", pressed);
  button.setAttribute("aria-label", label);
}

/** Take in the clip that the viewer shows now. */
export function renewPlayer() {
  const clip = video();
  if (!clip) return;
  clip.muted = localStorage.getItem(MUTED) !== "false";
  clip.play().catch(() => {});
  show();
}

export function startPlayer() {
  for (const event of ["timeupdate", "seeked", "play", "pause", "loadedmetadata", "volumechange"]) {
    content.addEventListener(event, show, { capture: true }); // they do not bubble
  }
  content.addEventListener("input", (event) => {
    if (event.target.matches("[data-seek]")) video().currentTime = event.target.value;
  });
  content.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play], [data-frame], [data-mute]");
    if (!button) return;
    if ("play" in button.dataset) togglePlay();
    else if ("mute" in button.dataset) toggleSound();
    else step(Number(button.dataset.frame));
  });
}
