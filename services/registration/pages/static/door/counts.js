// How many are in at this door, and of how many: as the list says, with what this device did since.
import { isNewer } from "./list.js";
import { says } from "../offline/says.js";

const STEP = { welcome: 1, kept: 1, goodbye: -1 };

function countAt(door, list, entries) {
  const { present, expected } = list.counts[door];
  const own = entries.filter((entry) => entry.door === door && isNewer(entry, list));
  const steps = own.reduce((sum, entry) => sum + (entry.since ? 0 : (STEP[entry.kind] ?? 0)), 0);
  const walkedIn = own.filter((entry) => entry.walked_in && entry.kind in STEP && entry.expected !== false);
  return { present: Math.max(0, present + steps), expected: expected + walkedIn.length };
}

export function showCounts(door, list, entries) {
  if (!list?.counts?.[door]) return;
  const text = says("counted", countAt(door, list, entries));
  for (const place of document.querySelectorAll("[data-counted]")) place.textContent = text;
}
