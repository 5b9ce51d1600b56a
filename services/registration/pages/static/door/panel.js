// The panel that says what a scan means, from the same words as the server's.
import { clock, copyOf, filled, says } from "./says.js";

/** Show an outcome; returns its mood. `listOf` is the time of the list that it comes from, if one. */
export function show(outcome, stand, listOf) {
  const panel = document.querySelector("#outcome");
  const template = document.querySelector(`template[data-outcome="${outcome.kind}"]`);
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
  panel.className = `outcome ${mood}`;
  panel.dataset.mood = mood;
  panel.dataset.kind = outcome.kind;
  panel.replaceChildren(face);
  return mood;
}

/** Nothing has been scanned, or what was said of it no longer holds. */
export function showReady() {
  const panel = document.querySelector("#outcome");
  panel.className = "outcome ready";
  delete panel.dataset.mood;
  delete panel.dataset.kind;
  panel.replaceChildren(copyOf("template[data-ready]"));
}

function adviceOn(outcome, pattern, stand, listOf) {
  if (outcome.kind === "wrong-workshop" && outcome.workshops.length === 0) return says("no-workshop");
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
