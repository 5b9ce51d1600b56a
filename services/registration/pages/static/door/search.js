// Finding people in the list, with or without a network, as it is typed.
import { parseCode } from "./code.js";
import { insideSince } from "./list.js";
import { clock, says } from "../offline/says.js";
import { nearest } from "./seek.js";
import { perhaps } from "./slips.js";
import { stand } from "./stand.js";

const MOST_FOUND = 12;
const results = document.querySelector("[data-found]");

function element(name, className, textContent) {
  return Object.assign(document.createElement(name), { className, textContent });
}

function entryOf(person, since) {
  const item = document.createElement("li");
  const who = document.createElement("p");
  who.append(element("strong", "", person.name));
  if (person.organisation) who.append(element("span", "soft", person.organisation));
  if (person.status !== "confirmed") {
    who.append(" ", element("span", `tag ${person.status === "cancelled" ? "bad" : "warn"}`, says(person.status)));
  }
  if (since) who.append(" ", element("span", "tag good", says("inside", { time: clock(since) })));
  const button = Object.assign(element("button", "small", says(stand.direction)), { type: "button" });
  button.dataset.code = person.code;
  button.append(element("span", "visually-hidden", ` ${person.name}`));
  item.append(who, button);
  return item;
}

/** Show who is meant, `at` this moment, by the list and the scans of this device; in `place`. */
export function find(list, text, at, entries, place = results) {
  if (!text.trim()) return place.replaceChildren();
  const holder = list.byCode.get(parseCode(text));
  const found = holder ? [holder] : nearest(list.people, text);
  const people = found.length > 0 ? found : perhaps(list.people, text);
  if (people.length === 0) return place.replaceChildren(element("p", "", says("nobody")));
  const shown = people.slice(0, MOST_FOUND);
  const items = element("ul", "found", "");
  items.append(...shown.map((person) => entryOf(person, insideSince(person, stand.door, at, list, entries))));
  const more = element("p", "soft", says("shown", { shown: shown.length, total: people.length }));
  const nearly = found.length > 0 ? [] : [element("p", "", says("nearly"))];
  place.replaceChildren(...nearly, ...(people.length > shown.length ? [more] : []), items);
}
