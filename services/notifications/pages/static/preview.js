// What is typed is shown as it will look, a moment after the last key. The button does the same
// without this script.
const form = document.querySelector("[data-preview]");
const button = document.querySelector("[formtarget]");
let waiting;

function show() {
  const old = document.querySelector("iframe[name=preview]");
  const fresh = old.cloneNode();
  old.removeAttribute("name");
  fresh.hidden = true;
  old.after(fresh); // a new frame for each, or "back" would go through all of them
  fresh.addEventListener("load", () => {
    old.remove();
    fresh.hidden = false;
  });
  form.requestSubmit(button);
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 600);
});
show();

// A name that is pressed is put in where the text was left.
const body = form.querySelector("textarea");
for (const name of document.querySelectorAll("[data-insert]")) {
  name.hidden = false;
  name.addEventListener("click", () => {
    body.setRangeText(name.dataset.insert, body.selectionStart, body.selectionEnd, "end");
    body.focus();
    body.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
