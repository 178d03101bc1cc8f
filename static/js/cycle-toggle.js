/**
 * `<cycle-toggle name label values='[["16:9","16:9"],…]' value>`: a button that goes to the
 * next value at each press; arrow keys go both ways. Its tooltip tells all values.
 */

class CycleToggle extends HTMLElement {
  connectedCallback() {
    this.options = this.all = JSON.parse(this.getAttribute("values"));
    this.input = Object.assign(document.createElement("input"), { type: "hidden", name: this.getAttribute("name") });
    this.button = Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet" });
    this.append(this.input, this.button);
    this.button.addEventListener("click", () => this.step(1));
    this.button.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      this.step(steps[event.key]);
    });
    this.value = this.getAttribute("value") ?? this.options[0][0];
  }

  get value() {
    return this.input.value;
  }

  set value(value) {
    const option = this.options.find(([candidate]) => String(candidate) === String(value)) ?? this.options[0];
    const label = this.getAttribute("label");
    [this.input.value, this.button.textContent] = option;
    this.button.setAttribute("aria-label", `${label}: ${option[1]}`);
    this.button.title = `${label}: ${this.options.map(([, text]) => text).join(", ")}`;
  }

  /** Offer only those of the values that `allowed` has; the first takes the place of another. */
  allow(allowed) {
    this.options = this.all.filter(([value]) => allowed.includes(value));
    this.value = this.value;
  }

  step(by) {
    const at = this.options.findIndex(([value]) => String(value) === this.value);
    [this.value] = this.options.at((at + by) % this.options.length);
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

customElements.define("cycle-toggle", CycleToggle);
