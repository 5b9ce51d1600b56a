// What is typed in the form stays in this tab: over a reload, a look at the programme, a tunnel, or
// another language. Once registered it is forgotten. The consent is given anew each time.
const form = document.querySelector("form[data-draft]");
const done = document.querySelector("[data-draft-done]");
const nameOf = (slug) => `emarge-draft:${slug}`;
const NOT_KEPT = new Set(["consent", "key", "people", "action"]);

function restore(draft) {
  for (const [name, value] of draft) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
      else field.value ||= value;
    }
  }
}

if (done) sessionStorage.removeItem(nameOf(done.dataset.draftDone));
if (form) {
  const kept = nameOf(form.dataset.draft);
  // A workshop whose link was followed now is wanted more than the one before.
  const chosen = form.querySelector("[type=radio]:checked");
  restore(JSON.parse(sessionStorage.getItem(kept) ?? "[]"));
  if (chosen) chosen.checked = true;
  form.addEventListener("input", () => {
    const draft = [...new FormData(form)].filter(([name, value]) => value && !NOT_KEPT.has(name));
    sessionStorage.setItem(kept, JSON.stringify(draft));
  });
}
