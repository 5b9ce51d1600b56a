// The sheet for whoever walks in, over the door's page: whoever may be meant is offered as the name is
// typed, and what is wrong is said in the panel.
import { newId } from "./journal.js";
import { placePanel, showRefused } from "./panel.js";
import { says } from "../offline/says.js";
import { find } from "./search.js";
import { stand } from "./stand.js";

const LEAST = 2; // letters of a name before anybody is offered
const LONGEST = 300;
const OF_THE_PAGE = new Set(["door", "key"]);
const ADDRESS = /^\S+@\S+\.\S+$/u;
const dialog = document.querySelector("[data-sheet]");
const form = dialog.querySelector("form");
const known = dialog.querySelector("[data-known]");
const button = form.querySelector("button");
let corrects = null; // what of the journal is written anew
let id = ""; // of this sheet: however often it is sent, it is one person

/** As it was filled in: pairs of name and value. */
function filledIn() {
  const pairs = [...new FormData(form)].filter(([name, value]) => value !== "" && !OF_THE_PAGE.has(name));
  return pairs.map(([name, value]) => [name, value.slice(0, LONGEST)]);
}

export function nameIn(pairs) {
  const { first_name: first = "", last_name: last } = Object.fromEntries(pairs);
  return `${first} ${last}`.trim();
}

function fill(pairs) {
  for (const [name, value] of pairs) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
      else field.value = value;
    }
  }
}

/** What can be seen to be wrong without asking the server. */
function faults() {
  const { last_name: name, email } = form.elements;
  const errors = {};
  if (!name.value.trim()) errors.last_name = says("fill-in");
  if (email.value.trim() && !ADDRESS.test(email.value.trim())) errors.email = says("no-address");
  if (form.querySelector("input[type=radio]:invalid")) errors.sessions = says("choose");
  return errors;
}

function mark(errors) {
  for (const old of form.querySelectorAll(".error")) old.remove();
  for (const field of form.querySelectorAll(".field input")) {
    const words = errors[field.name];
    field.ariaInvalid = words ? "true" : null;
    if (words) field.after(Object.assign(document.createElement("span"), { className: "error", textContent: words }));
  }
}

function offer(line, journal) {
  const name = `${form.elements.first_name.value} ${form.elements.last_name.value}`.trim();
  if (line.list && name.length >= LEAST) find(line.list, name, line.now(), journal.entries, known);
  if (name.length < LEAST || !known.querySelector("li")) known.replaceChildren();
}

/** Blank, with this door's session chosen; or with what an entry of the journal has, to be corrected. */
export function openSheet(entry = null) {
  corrects = entry;
  id = newId();
  form.reset();
  form.elements.asked.value = ""; // which a reset leaves as it is
  known.replaceChildren();
  mark({});
  const chosen = form.querySelector(`input[value="${CSS.escape(stand.door)}"]:not([type=hidden])`);
  if (entry) fill(entry.fields);
  else if (chosen) chosen.checked = true;
  dialog.showModal();
  if (entry) refuse(entry);
  else form.elements.first_name.focus();
}

export function closeSheet() {
  dialog.close();
}

/** Say what is wrong, or in doubt: that is `asked` once. The sheet stays as it is. */
export function refuse({ errors, asked }) {
  if (asked) form.elements.asked.value = asked;
  mark(errors);
  placePanel(dialog);
  showRefused(errors);
}

async function send(sent) {
  const errors = faults();
  if (Object.keys(errors).length > 0) return refuse({ errors });
  button.disabled = true;
  await sent(id, filledIn(), corrects).finally(() => (button.disabled = false));
}

/** `sent` is given the id of the sheet, what was written and whom it was to correct, if it can be right
 *  at all; until it is done nothing is sent again. */
export function offerSheet(line, journal, sent) {
  document.querySelector("[data-open-sheet]").addEventListener("click", (event) => {
    event.preventDefault();
    openSheet();
  });
  dialog.querySelector("[data-close]").addEventListener("click", closeSheet);
  dialog.addEventListener("close", () => placePanel());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!button.disabled) send(sent);
  });
  for (const field of [form.elements.first_name, form.elements.last_name]) {
    field.addEventListener("input", () => offer(line, journal));
  }
}
