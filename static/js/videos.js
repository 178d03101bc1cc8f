/** Clips in tiles load and play, muted, only under the pointer or the focus. */

const videoOf = (target) => target.closest?.(".tile--video")?.querySelector("video");

function play(video) {
  if (!video.src) video.src = video.dataset.src;
  video.play().then(() => video.classList.add("is-playing")).catch(() => {});
}

function stop(video) {
  video.pause();
  video.classList.remove("is-playing");
}

export function startVideos(root = document) {
  for (const [start, end] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
    root.addEventListener(start, (event) => {
      const video = videoOf(event.target);
      if (video && video.paused) play(video);
    });
    root.addEventListener(end, (event) => {
      const video = videoOf(event.target);
      const stays = event.relatedTarget && video?.closest(".tile").contains(event.relatedTarget);
      if (video && !stays) stop(video);
    });
  }
}
