// Finding a name in the list, with or without a network, as it is typed.
import { says } from "./says.js";

const MOST_FOUND = 12;
const results = document.querySelector("[data-found]");

function folded(text) {
  return text.normalize("NFKD").replaceAll(/\p{Mn}/gu, "").replaceAll("’", "'").toLowerCase();
}

function entryOf(person, direction) {
  const item = document.createElement("li");
  const who = document.createElement("p");
  who.append(Object.assign(document.createElement("strong"), { textContent: person.name }));
  if (person.status !== "confirmed") {
    const className = `tag ${person.status === "cancelled" ? "bad" : "warn"}`;
    who.append(" ", Object.assign(document.createElement("span"), { className, textContent: says(person.status) }));
  }
  const button = Object.assign(document.createElement("button"), { type: "button", className: "small" });
  button.dataset.code = person.code;
  button.append(says(direction));
  const whom = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: ` ${person.name}` });
  button.append(whom);
  item.append(who, button);
  return item;
}

export function find(list, text, direction, found = results) {
  const words = folded(text).split(/\s+/u).filter(Boolean);
  if (words.length === 0) return found.replaceChildren();
  const people = list.people.filter((person) => {
    const name = folded(person.name);
    return words.every((word) => name.includes(word));
  });
  if (people.length === 0) {
    return found.replaceChildren(Object.assign(document.createElement("p"), { textContent: says("nobody") }));
  }
  const items = Object.assign(document.createElement("ul"), { className: "found" });
  items.append(...people.slice(0, MOST_FOUND).map((person) => entryOf(person, direction)));
  found.replaceChildren(items);
}
