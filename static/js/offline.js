/** The offline page: shows the thumbnails that were seen last, and goes back when it can. */

const box = document.getElementById("seen");

async function showSeen() {
  const cache = await caches.open("seen");
  const requests = (await cache.keys()).reverse();
  for (const request of requests) {
    const reply = await cache.match(request);
    const picture = Object.assign(new Image(), { alt: "", src: URL.createObjectURL(await reply.blob()) });
    const item = document.createElement("li");
    item.append(picture);
    box.querySelector("ul").append(item);
  }
  box.hidden = requests.length === 0;
}

document.querySelector("[data-again]").addEventListener("click", () => location.reload());
window.addEventListener("online", () => location.reload());
showSeen();
