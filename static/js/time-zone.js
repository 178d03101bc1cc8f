/** The browser's time zone: sent along at sign-in, offered on the profile where it differs. */

/** A name of the tz database, such as Europe/Vienna; "" where the browser does not say. */
export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";

function offer(box, select) {
  const name = timeZone();
  const known = [...select.options].some((option) => option.value === name);
  if (!known || select.value === name) return;
  box.querySelector("span").textContent = `This browser is in ${name.replaceAll("_", " ")}.`;
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => {
    select.value = name;
    box.hidden = true;
    select.focus();
  });
}

const hidden = document.querySelector("input[name='time_zone'][type='hidden']");
if (hidden) hidden.value = timeZone();

const box = document.querySelector("[data-time-zone-offer]");
if (box) offer(box, document.querySelector("select[name='time_zone']"));
