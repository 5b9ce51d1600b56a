// The latest scans of this device, and what became of each: the server's word, once there is one.
import { elsewhere } from "./list.js";
import { isRefused } from "./journal.js";
import { clock, says } from "../offline/says.js";
import { RECORDED } from "./verdict.js";

const SHOWN = 12;
const section = document.querySelector("[data-journal]");

/** What an outcome is called: "Welcome", "Wrong workshop". */
const verdictOf = (kind) => document.querySelector(`template[data-outcome="${kind}"]`).content.querySelector(".verdict").textContent;

function fateOf(entry) {
  if (!entry.answered) return ["…", says("state-waiting")];
  if (!RECORDED.has(entry.kind)) return ["✕", says("state-refused", { verdict: verdictOf(entry.kind) })];
  if (entry.since) return ["!", says("state-already", { time: clock(entry.since) })];
  return entry.expected === false && entry.direction === "in" ? ["!", says("state-unexpected")] : ["✓", says("state-recorded")];
}

/** What was written of a walk-in who was refused, why, and what can be done. */
function refusedOf(entry) {
  const written = entry.fields.filter(([name]) => !/^workshop|^option/u.test(name)).map(([, value]) => value);
  const note = [written.join(", "), ...Object.values(entry.errors)].join(" · ");
  const act = (name) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet small" });
    button.dataset[name] = entry.id;
    button.append(says(name));
    return button;
  };
  return [Object.assign(document.createElement("span"), { className: "elsewhere", textContent: note }), act("correct"), " ", act("drop")];
}

function lineOf(entry, line, journal) {
  const [sign, fate] = fateOf(entry);
  const item = document.createElement("li");
  const mark = Object.assign(document.createElement("span"), { className: "sign", textContent: sign });
  mark.ariaHidden = "true";
  const what = document.createElement("span");
  const who = Object.assign(document.createElement("strong"), { textContent: entry.name || entry.code });
  what.append(who, ` ${clock(entry.at)} · ${says(`went-${entry.direction}`).toLowerCase()} · ${fate}`);
  if (entry.answered && RECORDED.has(entry.kind)) {
    for (const time of elsewhere(entry, line.list, journal.entries)) {
      const note = says("elsewhere", { time: clock(time) });
      what.append(Object.assign(document.createElement("span"), { className: "elsewhere", textContent: note }));
    }
  }
  if (isRefused(entry)) what.append(...refusedOf(entry));
  item.append(mark, what);
  return item;
}

export function showLatest(line, journal) {
  section.hidden = journal.entries.length === 0;
  const open = journal.entries.filter(isRefused);
  const others = journal.entries.filter((entry) => !isRefused(entry));
  const latest = [...open, ...others.slice(0, SHOWN)].map((entry) => lineOf(entry, line, journal));
  section.querySelector("ol").replaceChildren(...latest);
}

export function showLine(line, journal) {
  const place = document.querySelector("[data-line]");
  const waiting = journal.waiting.length;
  const time = line.list ? clock(line.list.as_of) : "";
  const state = line.connected ? (line.list ? "online" : "") : line.list ? "offline" : "offline-no-list";
  const words = [state && says(state, { time })];
  if (waiting) words.push(waiting === 1 ? says("waiting-one") : says("waiting", { count: waiting }));
  place.hidden = !words.some(Boolean);
  place.classList.toggle("away", !line.connected);
  place.querySelector(".sign").textContent = line.connected ? "✓" : "✕";
  const said = place.querySelector("[data-line-words]");
  const text = words.filter(Boolean).join(" ");
  if (said.textContent !== text) said.textContent = text;
}
