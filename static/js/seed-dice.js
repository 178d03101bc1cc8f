/** `data-dice` rolls a seed into the seed field. */

const SEEDS = 2_147_483_648;

export function startSeedDice() {
  const field = document.getElementById("seed");
  document.querySelector("[data-dice]").addEventListener("click", () => {
    const [number] = crypto.getRandomValues(new Uint32Array(1));
    field.value = number % SEEDS;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
