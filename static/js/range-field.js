/** `<range-field>`: a slider and a number field that hold the same value; empty means default. */

class RangeField extends HTMLElement {
  connectedCallback() {
    const [slider, field] = this.querySelectorAll("input");
    const show = () => {
      slider.value = field.value || field.placeholder || slider.min;
    };
    slider.addEventListener("input", () => {
      field.value = slider.value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    field.addEventListener("input", show);
    field.addEventListener("renewed", show);
    show();
  }
}

customElements.define("range-field", RangeField);
