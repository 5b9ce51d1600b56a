// A faster door, that goes on without a network. Without this script every form works.
//
// Each scan is asked of the server; when it does not answer, the list that this device keeps decides,
// and the scan waits in the journal until it can be sent with its own time. The server's word holds.
import { showCounts } from "./counts.js";
import { Journal, newId } from "./journal.js";
import { dropPage, keepPage } from "./keep.js";
import { showLatest, showLine } from "./latest.js";
import { DoorLine } from "./line.js";
import { consult } from "./list.js";
import { show, showReady } from "./panel.js";
import { openSafe } from "./safe.js";
import { page } from "../offline/says.js";
import { find } from "./search.js";
import { closeSheet, nameIn, offerSheet, openSheet, refuse } from "./sheet.js";
import { watchSignOut } from "./sign-out.js";
import { sound } from "./sound.js";
import { roomsAt, stand, takeStand } from "./stand.js";
import { RECORDED } from "./verdict.js";
import { offerViewfinder } from "./viewfinder.js";

const PATH = `/checkin/${page.slug}`;
const LONGEST_CODE = 40;
const HAS_KEYS = matchMedia("(any-pointer: fine)"); // elsewhere a focused field brings up a keyboard
const codeField = document.querySelector("#code");
const nameField = document.querySelector("#q");

const safe = await openSafe(page.slug, page.holder).catch(() => null);
const journal = await Journal.load(safe);
const line = new DoorLine(PATH, safe, journal);

let unsure = null; // what the panel says by the list alone: {id, where}

async function scan(text, letIn) {
  const where = { ...stand };
  const passage = {
    id: newId(),
    code: text.slice(0, LONGEST_CODE),
    door: where.door,
    direction: where.direction,
    at: line.now(),
    let_in: letIn,
  };
  const answer = line.connected ? await line.ask(passage) : null;
  const outcome = answer ?? consult(line.list, passage, journal.entries);
  if (RECORDED.has(outcome.kind)) {
    const answered = answer ? line.now() : undefined;
    // Before it is shown: nobody walks in on a scan that a closed browser would forget.
    await journal.add({ ...passage, let_in: true, ...outcome, answered }).catch(console.error);
  }
  tell(outcome, where, answer ? null : line.list?.as_of, answer ? null : passage.id);
}

/** `open` is the id of what the server has not spoken about yet. */
function tell(outcome, where, listOf, open) {
  sound(show(outcome, where, listOf));
  unsure = open && { id: open, where };
  render();
  makeSure();
}

const entryOf = (id, fields) => ({
  id,
  code: "",
  name: nameIn(fields),
  door: stand.door,
  direction: "in",
  at: line.now(),
  let_in: false,
  walked_in: true,
  fields,
});

/** Whoever walks in, from the sheet; `corrects` is what it stands in place of. Without a network they
 *  have passed, and are registered once the sheet can be sent. */
async function walkIn(id, fields, corrects) {
  const entry = entryOf(id, fields);
  if (corrects) Object.assign(entry, { door: corrects.door, at: corrects.at, let_in: true });
  const answer = line.connected ? await line.ask(entry) : null;
  if (answer?.kind === "not-registered") return refuse(answer);
  const outcome = { ...(answer ?? { kind: "kept", workshops: roomsAt(entry.door) }), name: entry.name };
  await keepWalkIn(entry, outcome, answer);
  if (corrects) await journal.drop(corrects);
  closeSheet();
  tell(outcome, { ...stand, door: entry.door }, null, answer ? null : entry.id);
}

async function keepWalkIn(entry, outcome, answer) {
  const written = { ...entry, let_in: true, ...outcome };
  if (!answer) return journal.add(written);
  delete written.fields; // whoever is registered is no longer written down here
  if (RECORDED.has(outcome.kind)) await journal.add({ ...written, answered: line.now() });
}

/** The network is back: the panel says what the server says, or nothing more of who was not let in. */
function makeSure() {
  if (!unsure || !line.connected) return;
  const entry = journal.entries.find((each) => each.id === unsure.id);
  if (entry && !entry.answered) return;
  if (entry) show(entry, unsure.where, null);
  else showReady();
  unsure = null;
}

let scanning = Promise.resolve();

/** One scan after the other, however fast they come. */
function scanNext(text, letIn = false) {
  codeField.value = "";
  if (HAS_KEYS.matches) codeField.focus({ preventScroll: true });
  const begun = performance.now();
  scanning = scanning
    .then(() => scan(text, letIn))
    .then(() => performance.measure("verdict", { start: begun }))
    .catch(console.error);
}

function render() {
  showLine(line, journal);
  showLatest(line, journal);
  showCounts(stand.door, line.list, journal.entries);
}

function search() {
  if (line.list) find(line.list, nameField.value, line.now(), journal.entries);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-search]") && line.list) event.preventDefault();
  if (!form.matches("[data-scan]")) return;
  event.preventDefault();
  scanNext(form.elements.code.value, "anyway" in form.dataset);
});
document.addEventListener("click", (event) => {
  const { code, correct, drop } = event.target.closest("[data-code], [data-correct], [data-drop]")?.dataset ?? {};
  const entry = journal.entries.find((each) => each.id === (correct ?? drop));
  if (code) closeSheet();
  if (code) scanNext(code);
  if (entry && correct) openSheet(entry);
  if (entry && drop) journal.drop(entry).then(render).catch(console.error);
});
nameField.addEventListener("input", search);

// A scanner types wherever the focus is: that is in the field for codes, unless someone writes.
document.addEventListener("keydown", (event) => {
  const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isText && event.key !== " " && !document.querySelector("dialog[open]") && !event.target.matches("input, textarea")) codeField.focus();
});

line.addEventListener("change", () => {
  render();
  makeSure();
});
line.addEventListener("signed-out", async () => {
  line.close();
  await dropPage(PATH);
  location.replace(PATH);
});

takeStand(() => {
  search();
  render();
});
offerViewfinder((text) => scanNext(text));
offerSheet(line, journal, (...written) => {
  scanning = scanning.then(() => walkIn(...written)).catch(console.error);
  return scanning;
});
watchSignOut(line, journal);
await line.open();
render();
document.documentElement.dataset.door = "ready";
if (safe) await keepPage(PATH).catch(() => {});
