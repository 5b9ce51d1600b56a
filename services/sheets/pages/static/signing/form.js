// A form that is signed: the box to draw in, and what was drawn goes along. Without this script the
// form has one button, which confirms.
import { Pad } from "./pad.js";

for (const form of document.querySelectorAll("form[data-signed]")) {
  const box = form.querySelector("[data-pad]");
  const wanted = form.querySelector("[data-draw-first]");
  const pad = new Pad(box.querySelector("canvas"));
  const confirms = form.querySelector("[data-confirm]");
  box.hidden = false;
  confirms.classList.add("quiet");
  form.querySelector("[data-sign]").hidden = false;
  form.querySelector("[data-clear]").addEventListener("click", () => pad.clear());
  pad.addEventListener("change", () => {
    if (pad.isSigned) wanted.hidden = true;
    form.elements.strokes.value = pad.isEmpty ? "" : JSON.stringify(pad.lines);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter === confirms) {
      form.elements.strokes.value = "";
    } else if (!pad.isSigned) {
      event.preventDefault();
      wanted.hidden = false;
      wanted.focus();
    }
  });
}
document.documentElement.dataset.signing = "ready";
