// The picture of the certificate follows what is answered, a moment after the last key. The button
// does the same without this script.
const form = document.querySelector("[data-live]");
const state = form.querySelector("[data-state]");
const figure = form.querySelector("figure");
const picture = figure.querySelector("img");
let waiting;
let asked = new AbortController();
let typedHere = false;

function mark(field, words) {
  const place = form.querySelector(`#${CSS.escape(field)}`);
  if (!place) return;
  const said = document.createElement("span");
  said.className = "error";
  said.id = `${field}-error`;
  said.textContent = words;
  place.setAttribute("aria-invalid", "true");
  const described = (place.getAttribute("aria-describedby") ?? "").split(" ");
  place.setAttribute("aria-describedby", [...new Set([...described, said.id])].join(" ").trim());
  (place.tagName === "FIELDSET" ? place : place.parentElement).append(said);
}

function unmark() {
  for (const said of form.querySelectorAll(".error")) said.remove();
  for (const place of form.querySelectorAll("[aria-invalid]")) place.removeAttribute("aria-invalid");
}

async function show() {
  asked.abort();
  asked = new AbortController();
  state.textContent = form.dataset.waiting;
  let answer;
  try {
    answer = await fetch(form.dataset.live, { method: "POST", body: new FormData(form), signal: asked.signal });
  } catch (error) {
    if (error.name !== "AbortError") state.textContent = form.dataset.stale;
    return;
  }
  if (answer.status === 503) {
    later(2000); // somebody else looks at theirs
    return;
  }
  const told = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
  unmark();
  for (const [field, words] of told.faults ?? []) mark(field, words);
  state.textContent = told.picture ? form.dataset.done : form.dataset.stale;
  if (!told.picture) return;
  const fresh = new Image();
  fresh.src = told.picture;
  await fresh.decode();
  picture.width = fresh.naturalWidth;
  picture.height = fresh.naturalHeight;
  picture.src = told.picture;
  figure.hidden = false;
}

function later(pause) {
  clearTimeout(waiting);
  waiting = setTimeout(show, pause);
}

form.addEventListener("input", ({ target }) => {
  typedHere = true;
  const largest = Number(target.dataset.bytes);
  if (largest && target.files[0]?.size > largest) {
    target.value = ""; // a server would only refuse all of the form for it
    unmark();
    mark(target.id, form.dataset.large);
    return;
  }
  later(700);
});
form.addEventListener("submit", () => {
  typedHere = false;
  asked.abort();
  clearTimeout(waiting);
});
addEventListener("beforeunload", (event) => {
  if (typedHere) event.preventDefault();
});
if (figure.hidden && !form.querySelector(".error")) show();
