// What there is to remark is said while the programme is being written.
const form = document.querySelector("[data-checked-as-it-goes]");
let waiting = 0;
let latest = 0;

async function check() {
  const number = ++latest;
  const typed = new FormData(form);
  typed.set("action", "check");
  const answer = await fetch(location.href, { method: "POST", body: typed });
  if (number !== latest || !(answer.ok || answer.status === 422)) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("#checks");
  const now = document.querySelector("#checks");
  // Fields that are not filled in yet are no mistake while one is still writing.
  if (found && answer.ok && found.innerHTML !== now.innerHTML) now.replaceChildren(...found.childNodes);
}

form.addEventListener("change", () => {
  clearTimeout(waiting);
  waiting = setTimeout(check, 300);
});

// What is typed and not saved is not left by accident.
const untouched = JSON.stringify([...new FormData(form)]);
let leaving = false;

form.addEventListener("submit", () => {
  leaving = true;
});
addEventListener("beforeunload", (event) => {
  const typed = form.dataset.unsaved || JSON.stringify([...new FormData(form)]) !== untouched;
  if (typed && !leaving) event.preventDefault();
});
