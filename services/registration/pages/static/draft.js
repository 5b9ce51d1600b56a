// What is typed in the form stays in this tab: over a reload, a look at the programme, a tunnel, or
// another language. It is kept by person, whose keys are in the page's address. Once registered it is
// forgotten. The consent is given anew each time.
const form = document.querySelector("form[data-draft]");
const done = document.querySelector("[data-draft-done]");
const nameOf = (slug) => `emarge-draft:${slug}`;

const keys = () => [...form.querySelectorAll("[name=person]")].map((field) => field.value);
const addressOf = (people) => new URLSearchParams(people.map((key) => ["person", key])).toString();
const read = () => JSON.parse(sessionStorage.getItem(nameOf(form.dataset.draft)) ?? "null");

function fieldsOf(person) {
  return [...form.querySelectorAll("input:not([type=hidden]), select")].filter((field) =>
    field.name.startsWith(`${person}-`));
}

function write() {
  const people = keys().map((key) => {
    const typed = [...new FormData(form)].filter(([name]) => name.startsWith(`${key}-`));
    return [key, typed.map(([name, value]) => [name.slice(key.length + 1), value])];
  });
  sessionStorage.setItem(nameOf(form.dataset.draft), JSON.stringify(people));
}

function restore(people) {
  for (const [person, typed] of people) {
    for (const field of fieldsOf(person)) {
      const values = typed.filter(([name]) => `${person}-${name}` === field.name).map(([, value]) => value);
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else if (values.length > 0) [field.value] = values;
    }
  }
}

// A workshop whose link was followed now is wanted more than the one before.
function withFollowed(people) {
  const followed = form.querySelector("[type=radio]:checked");
  if (!followed) return people;
  const [[first, typed], ...others] = people;
  const name = followed.name.slice(keys()[0].length + 1);
  return [[first, [...typed.filter(([other]) => other !== name), [name, followed.value]]], ...others];
}

// Another language shows the same people.
function keepPeopleInLinks() {
  for (const link of document.querySelectorAll("a[hreflang]")) {
    link.search = `${addressOf(keys())}&lang=${link.hreflang}`;
  }
}

// What the server kept is as it was when something was pressed; otherwise the draft knows better who
// is in the form: the page is an empty one, or one from before, which somebody went back to.
function resume() {
  const people = read();
  const drafted = people?.map(([key]) => key);
  const { kept, typedHere } = form.dataset;
  if (people && kept === undefined && typedHere === undefined && `${drafted}` !== `${keys()}`) {
    sessionStorage.setItem(nameOf(form.dataset.draft), JSON.stringify(withFollowed(people)));
    location.replace(`${location.pathname}?${addressOf(drafted)}`);
    return;
  }
  if (people && typedHere === undefined) restore(people);
  if (people || form.querySelector(":checked")) write();
  keepPeopleInLinks();
}

if (done) sessionStorage.removeItem(nameOf(done.dataset.draftDone));
if (form) {
  resume();
  form.addEventListener("input", write);
  // A button may say what a field shall have.
  form.addEventListener("submit", ({ submitter }) => {
    const named = submitter?.name && form.querySelector(`input[name="${CSS.escape(submitter.name)}"]`);
    if (!named) return;
    named.value = submitter.value;
    write();
  });
  // A browser may show the page again as it was left, before people were added on the next one.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) location.reload();
  });
}
