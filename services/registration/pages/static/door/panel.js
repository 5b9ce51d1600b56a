// The panel that says what a scan means, from the same words as the server's.
import { clock, filled, says } from "../offline/says.js";

const panel = document.querySelector("#outcome");
const home = document.createComment("the panel, while nothing is open over the page");
panel.before(home);

const copyOf = (selector) => document.querySelector(selector).content.cloneNode(true);

/** The panel stands where one looks: in what is open over the page, or else on the page. */
export function placePanel(over = null) {
  if (over) over.prepend(panel);
  else home.after(panel);
}

/** Show an outcome; returns its mood. `listOf` is the time of the list that it comes from, if one. */
export function show(outcome, stand, listOf) {
  const template = templateOf(outcome.kind, stand.at);
  const { mood } = template.dataset;
  const face = template.content.cloneNode(true);
  const who = face.querySelector(".who");
  who.querySelector("[data-name]").textContent = outcome.name ?? "";
  who.querySelector("[data-organisation]").textContent = outcome.organisation ?? "";
  who.hidden = !outcome.name;
  const advice = face.querySelector("[data-advice]");
  advice.textContent = adviceOn(outcome, advice.textContent, stand, listOf);
  advice.hidden = !advice.textContent;
  for (const slug of outcome.workshops ?? []) face.append(copyOf(`template[data-workshop="${slug}"]`));
  if (outcome.may_let_in) face.append(anyway(outcome.code, stand));
  if (listOf && outcome.kind !== "unlisted") face.append(paragraph("by-list", says("by-list", { time: clock(listOf) })));
  put(face, mood, outcome.kind);
  return mood;
}

/** Why somebody who walks in was not registered; whoever wrote it reads that first. */
export function showRefused(errors) {
  const { content, dataset } = templateOf("not-registered");
  const face = content.cloneNode(true);
  face.querySelector(".who").hidden = true;
  face.querySelector("[data-advice]").textContent = Object.values(errors).join(" ");
  put(face, dataset.mood, "not-registered");
  panel.focus();
}

/** Nothing has been scanned, or what was said of it no longer holds. */
export function showReady() {
  panel.className = "outcome ready";
  delete panel.dataset.mood;
  delete panel.dataset.kind;
  panel.replaceChildren(copyOf("template[data-ready]"));
}

/** A meal and the party have words of their own, for some outcomes. */
function templateOf(kind, at = "") {
  const one = (place) => document.querySelector(`template[data-outcome="${kind}"][data-at="${place}"]`);
  return one(at) ?? one("");
}

function put(face, mood, kind) {
  panel.className = `outcome ${mood}`;
  Object.assign(panel.dataset, { mood, kind });
  panel.replaceChildren(face);
}

function adviceOn(outcome, pattern, stand, listOf) {
  if (outcome.errors) return Object.values(outcome.errors).join(" ");
  if (outcome.kind === "wrong-workshop" && outcome.workshops.length === 0) return says("no-workshop");
  if (outcome.rank) return says(outcome.workshops.includes(stand.door) ? "number" : "number-elsewhere", outcome);
  if (outcome.kind === "unlisted" && !listOf) return says("offline-no-list");
  const time = outcome.since ?? listOf;
  return filled(pattern, { time: time ? clock(time) : "", door: stand.name });
}

function anyway(code, stand) {
  const form = copyOf("template[data-anyway-form]");
  form.querySelector("[name=code]").value = code;
  form.querySelector("[name=door]").value = stand.door;
  form.querySelector("[name=direction]").value = stand.direction;
  return form;
}

function paragraph(className, textContent) {
  return Object.assign(document.createElement("p"), { className, textContent });
}
