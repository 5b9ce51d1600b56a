// A faster door, that goes on without a network. Without this script every form works.
//
// Each scan is asked of the server; when it does not answer, the list that this device keeps decides,
// and the scan waits in the journal until it can be sent with its own time. The server's word holds.
import { offerCamera } from "./camera.js";
import { Journal } from "./journal.js";
import { dropPage, keepPage } from "./keep.js";
import { showLatest, showLine } from "./latest.js";
import { Line } from "./line.js";
import { consult } from "./list.js";
import { show, showReady } from "./panel.js";
import { Safe } from "./safe.js";
import { page } from "./says.js";
import { find } from "./search.js";
import { watchSignOut } from "./sign-out.js";
import { sound } from "./sound.js";
import { stand, takeStand } from "./stand.js";
import { RECORDED } from "./verdict.js";

const PATH = `/checkin/${page.slug}`;
const LONGEST_CODE = 40;
const codeField = document.querySelector("#code");
const nameField = document.querySelector("#q");

const safe = await Safe.open(page.slug, page.holder).catch(() => null);
const journal = await Journal.load(safe);
const line = new Line(PATH, safe, journal);

let unsure = null; // what the panel says by the list alone: {id, where}

async function scan(text, letIn) {
  const where = { ...stand };
  const passage = {
    id: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`,
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
  sound(show(outcome, where, answer ? null : line.list?.as_of));
  unsure = answer ? null : { id: passage.id, where };
  render();
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
  codeField.focus({ preventScroll: true });
  scanning = scanning.then(() => scan(text, letIn)).catch(console.error);
}

function render() {
  showLine(line, journal);
  showLatest(line, journal);
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
  const code = event.target.closest("[data-found] [data-code]")?.dataset.code;
  if (code) scanNext(code);
});
nameField.addEventListener("input", search);

// A scanner types wherever the focus is: that is in the field for codes, unless someone writes.
document.addEventListener("keydown", (event) => {
  const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isText && event.key !== " " && !event.target.matches("input, textarea")) codeField.focus();
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

takeStand(search);
offerCamera((text) => scanNext(text));
watchSignOut(line, journal);
await line.open();
render();
document.documentElement.dataset.door = "ready";
if (safe) await keepPage(PATH).catch(() => {});
