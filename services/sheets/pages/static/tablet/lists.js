// What the tablet lists: its sheets, the people of one of them, and what was refused.
import { clock, says } from "../offline/says.js";

/** An element with this text. */
function element(tag, properties, ...inside) {
  const { data = {}, ...rest } = properties;
  const made = Object.assign(document.createElement(tag), rest);
  Object.assign(made.dataset, data);
  made.append(...inside);
  return made;
}

const folded = (text) => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();

/** Whether a person is meant by what is typed: each word of it begins a word of theirs. */
export function matches(typed) {
  const words = folded(typed).split(/\s+/u).filter(Boolean);
  return ({ name, organisation }) => {
    const own = folded(`${name} ${organisation}`).split(/[\s'’-]+/u);
    return words.every((word) => own.some((each) => each.startsWith(word)));
  };
}

const signedAt = (sheet, person, journal) => person.signed_at ?? journal.of(sheet.id, person.id)?.at;

export function sheetList(list, sheets, journal) {
  list.replaceChildren(
    ...sheets.map((sheet) => {
      const signed = sheet.people.filter((person) => signedAt(sheet, person, journal)).length;
      const counted = says("counted", { signed, expected: sheet.people.length });
      const title = element("strong", { textContent: sheet.title });
      const aside = element("span", { className: "aside", textContent: `${sheet.when} · ${counted}` });
      return element("li", {}, element("button", { type: "button", className: "pick", data: { sheet: sheet.id } }, title, aside));
    }),
  );
}

function personItem(sheet, person, journal) {
  const name = element("strong", { textContent: person.name });
  const aside = element("span", { className: "aside", textContent: person.organisation });
  const at = signedAt(sheet, person, journal);
  if (at) {
    const mark = element("span", { className: "tag good", textContent: says("signed-at", { time: clock(at) }) });
    return element("li", { className: "picked" }, name, aside, mark);
  }
  return element("li", {}, element("button", { type: "button", className: "pick", data: { person: person.id } }, name, aside));
}

/** Who is still to sign comes first. */
export function peopleList(view, sheet, journal, isMeant) {
  const found = sheet.people.filter(isMeant);
  const open = found.filter((person) => !signedAt(sheet, person, journal));
  const done = found.filter((person) => signedAt(sheet, person, journal));
  view.querySelector("ul").replaceChildren(...[...open, ...done].map((person) => personItem(sheet, person, journal)));
  view.querySelector("[data-nobody]").hidden = found.length > 0;
  const signed = sheet.people.filter((person) => signedAt(sheet, person, journal)).length;
  view.querySelector("[data-counted]").textContent = says("counted", { signed, expected: sheet.people.length });
}

export function refusedList(section, journal, sheets) {
  section.hidden = journal.refused.length === 0;
  section.querySelector("ul").replaceChildren(
    ...journal.refused.map((entry) => {
      const title = sheets.find(({ id }) => id === entry.sheet)?.title ?? "";
      const what = element("span", {}, element("strong", { textContent: entry.name }), ` ${clock(entry.at)} · ${title} · ${entry.why}`);
      const drop = element("button", { type: "button", className: "quiet small", textContent: says("drop"), data: { drop: entry.key } });
      return element("li", {}, what, drop);
    }),
  );
}
