// Where the volunteer stands, and which way people go: kept over a reload.
import { page, says } from "../offline/says.js";

const form = document.querySelector("[data-stand]");
const KEPT = `emarge-door:${page.slug}`;

export const stand = {
  get door() {
    return form.elements.door.value;
  },
  get direction() {
    return form.elements.direction.value;
  },
  /** The kind of session, at a session's door. */
  get at() {
    return form.elements.door.selectedOptions[0].dataset.at ?? "";
  },
  get title() {
    return form.elements.door.selectedOptions[0].textContent.trim();
  },
  /** What the place is called in a sentence. */
  get name() {
    const { selectedOptions } = form.elements.door;
    return this.door ? selectedOptions[0].dataset.title : says("entrance");
  },
};

/** The slug of the door's session where people choose it. */
export function roomsAt(door) {
  return document.querySelector(`template[data-workshop="${door}"]`) ? [door] : [];
}

function choose({ door, direction }) {
  if ([...form.elements.door.options].some((option) => option.value === door)) form.elements.door.value = door;
  if (direction === "in" || direction === "out") form.elements.direction.value = direction;
}

function takeEffect() {
  localStorage.setItem(KEPT, JSON.stringify({ door: stand.door, direction: stand.direction }));
  for (const other of document.querySelectorAll("form:not([data-stand])")) {
    if (other.elements.door) other.elements.door.value = stand.door;
    if (other.elements.direction) other.elements.direction.value = stand.direction;
  }
  document.querySelector("[data-scan-button]").textContent = says(stand.direction);
}

/** Stand where the address says, or else where this device stood last; `moved` is told of changes. */
export function takeStand(moved) {
  const asked = new URLSearchParams(location.search);
  const last = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  choose(asked.has("door") ? Object.fromEntries(asked) : last);
  takeEffect();
  form.querySelector("[data-without-script]").hidden = true;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    takeEffect();
    const where = new URLSearchParams({ door: stand.door, direction: stand.direction });
    history.replaceState(null, "", `/checkin/${page.slug}?${where}`);
    moved();
  });
}
