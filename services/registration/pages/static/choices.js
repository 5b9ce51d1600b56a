// In a choice between workshops: one at most is waited for, and when the one that is chosen becomes
// full, the line that says so offers what is free.
const groups = [...document.querySelectorAll(".workshops-of-choice")];

function chosenIn(group) {
  return group.querySelector("[type=radio]:checked")?.closest("[data-marks]");
}

function judge(group) {
  const line = group.querySelector("[data-instead]");
  if (!line) return;
  const chosen = chosenIn(group);
  if (chosen?.classList.contains("full") && !chosen.querySelector(".tag.good")) {
    const title = chosen.querySelector("strong").textContent;
    line.querySelector("[data-said]").textContent = line.dataset.instead.replace("#", () => title);
    line.hidden = false;
  } else if (chosen) {
    line.hidden = true;
  }
}

for (const group of groups) {
  group.addEventListener("change", ({ target }) => {
    const rivals = group.querySelector("[data-instead]") ? "[type=checkbox]:checked" : ":not(*)";
    for (const other of target.type === "checkbox" ? group.querySelectorAll(rivals) : []) {
      if (other !== target) other.checked = false;
    }
    judge(group);
  });
}
document.addEventListener("headcounts", () => groups.forEach(judge));
