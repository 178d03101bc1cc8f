/** "Use this frame": the frame that the viewer's clip shows becomes a reference. */

import { renew, setControl } from "./prompt-bar.js";
import { toast } from "./toasts.js";

const DONE = { reference: "The frame is your reference", start_reference: "The clip will start with this frame", end_reference: "The clip will end with this frame" };

const csrfToken = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

/** Have the server keep the frame at `time`; its answer, or an Error with the reason. */
async function kept(url, time) {
  const reply = await fetch(url, { method: "POST", body: new URLSearchParams({ time }), headers: { "X-CSRFToken": csrfToken() } });
  const answer = await reply.json().catch(() => ({}));
  if (reply.ok) return answer;
  throw new Error(Object.values(answer.errors ?? {}).flat().join(" ") || "The frame could not be taken. Try again.");
}

async function use(button) {
  const name = button.dataset.useFrame;
  const video = button.closest("[data-viewer]").querySelector("video[data-zoomable]");
  video.pause();
  button.disabled = true;
  try {
    const { upload_id: upload, thumbnail_url: picture } = await kept(button.closest("[data-frames]").dataset.frames, video.currentTime);
    document.getElementById("lightbox").close("recalled");
    setControl("mode", name === "reference" ? "image" : "video");
    renew();
    document.querySelector(`reference-box[name="${name}"]`).hold({ upload }, picture, "a clip in your workspace");
    renew();
    document.getElementById("prompt").focus();
    toast(DONE[name]);
  } catch (error) {
    toast(error.message, { error: true });
  } finally {
    button.disabled = false;
  }
}

export function startFramePicker() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-use-frame]");
    if (button) use(button);
  });
}
