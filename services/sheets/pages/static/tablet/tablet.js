// The tablet without a network: choose the sheet, the name, sign, hand it on. Without this script the
// same is done by pages, as long as there is a network.
import { Pad } from "../signing/pad.js";
import { Journal, isRefused } from "./journal.js";
import { dropPage, keepPage } from "./keep.js";
import { TabletLine } from "./line.js";
import { page, says } from "../offline/says.js";
import { Safe } from "../offline/safe.js";
import { matches, peopleList, refusedList, sheetList } from "./lists.js";

const PATH = `/sheets/tablet/${page.tablet}`;
const SAFE = `emarge-tablet:${page.tablet}`;
const PLACE = `emarge-tablet-place:${page.tablet}`;
const views = Object.fromEntries([...document.querySelectorAll("[data-view]")].map((view) => [view.dataset.view, view]));
const dialog = document.querySelector("[data-sign-dialog]");
const search = document.querySelector("[data-search]");
const said = document.querySelector("[data-said]");

let safe = await Safe.open(SAFE).catch(() => null);
const journal = await Journal.load(safe);
const line = new TabletLine(PATH, safe, journal);
const pad = new Pad(dialog.querySelector("canvas"));

let chosen = sessionStorage.getItem(PLACE); // the sheet that lies on the table
let signing = null; // {sheet, person}
let latest = null; // the entry that is said to be signed

const sheetNow = () => line.sheets?.find(({ id }) => id === chosen);

/** After the day nobody is named here any more, once everything is sent. */
async function forgetWhenOver() {
  if (!line.over || journal.unsettled.length > 0 || !safe) return;
  safe = null;
  line.close();
  await Promise.all([Safe.destroy(SAFE), dropPage(PATH)]);
}

function stateOf() {
  if (line.over) return "ended";
  if (line.connected) return "online";
  return line.sheets ? "offline" : "offline-no-list";
}

function renderLine() {
  const waiting = journal.waiting.length;
  const words = [says(stateOf())];
  if (waiting > 0) words.push(waiting === 1 ? says("waiting-one") : says("waiting", { count: waiting }));
  const place = document.querySelector("[data-line]");
  place.classList.toggle("away", !line.connected || line.over);
  const text = words.join(" ");
  if (place.textContent !== text) place.textContent = text;
}

function render() {
  const sheets = line.over ? [] : (line.sheets ?? []);
  const sheet = sheets.find(({ id }) => id === chosen);
  views.sheets.hidden = Boolean(sheet);
  views.people.hidden = !sheet;
  renderLine();
  if (latest && isRefused(latest)) said.hidden = true;
  refusedList(document.querySelector("[data-refused]"), journal, sheets);
  if (!sheet) return sheetList(views.sheets.querySelector("ul"), sheets, journal);
  views.people.querySelector("[data-title]").textContent = sheet.title;
  views.people.querySelector("[data-when]").textContent = sheet.when;
  peopleList(views.people, sheet, journal, matches(search.value));
}

function choose(sheet) {
  chosen = sheet;
  sessionStorage.setItem(PLACE, sheet ?? "");
  search.value = "";
  said.hidden = true;
  render();
  (sheet ? search : views.sheets).focus();
}

function ask(person) {
  const sheet = sheetNow();
  signing = { sheet, person };
  dialog.querySelector("[data-name]").textContent = person.name;
  dialog.querySelector("[data-organisation]").textContent = person.organisation;
  dialog.querySelector("[data-statement]").textContent = sheet.statement;
  dialog.querySelector("[data-draw-first]").hidden = true;
  pad.clear();
  dialog.showModal();
}

/** It is signed once it is on the disk; the server hears of it now, or in hours. */
async function sign(strokes) {
  const { sheet, person } = signing;
  if (!journal.of(sheet.id, person.id)) {
    const entry = { key: crypto.randomUUID(), sheet: sheet.id, person: person.id, name: person.name, at: line.now(), strokes };
    latest = entry;
    await journal.add(entry);
  }
  signing = null;
  dialog.close();
  search.value = "";
  said.textContent = says("signed", { name: person.name });
  said.hidden = false;
  render();
  search.focus();
  line.tend();
}

dialog.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!signing) return;
  const confirms = event.submitter?.hasAttribute("data-confirm");
  if (confirms) return sign(null);
  if (pad.isSigned) return sign(pad.lines);
  const wanted = dialog.querySelector("[data-draw-first]");
  wanted.hidden = false;
  wanted.focus();
});
pad.addEventListener("change", () => {
  if (pad.isSigned) dialog.querySelector("[data-draw-first]").hidden = true;
});
dialog.querySelector("[data-clear]").addEventListener("click", () => pad.clear());
dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());

document.addEventListener("click", (event) => {
  const { sheet, person, drop, back } = event.target.closest("[data-sheet], [data-person], [data-drop], [data-back]")?.dataset ?? {};
  if (sheet) choose(sheet);
  if (back !== undefined) choose(null);
  if (person) ask(sheetNow().people.find(({ id }) => id === person));
  const entry = journal.entries.find(({ key }) => key === drop);
  if (entry) journal.drop(entry).then(render).catch(console.error);
});
search.addEventListener("input", render);
line.addEventListener("change", () => {
  render();
  forgetWhenOver().catch(console.error);
});

for (const without of document.querySelectorAll("[data-without-script]")) without.remove();
document.querySelector("[data-app]").hidden = false;
await line.open();
render();
document.documentElement.dataset.tablet = "ready";
await forgetWhenOver();
if (safe && !line.over) await keepPage(PATH).catch(() => {});
