// The page's own words, which the server wrote into it in the visitor's language.
export const page = document.querySelector("[data-words]").dataset;

const clockFace = new Intl.DateTimeFormat(page.language, {
  hour: "numeric",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: page.zone,
});

/** A time of the day as the server writes it: 9 h 05 in French, 9:05 elsewhere. */
export function clock(moment) {
  const parts = Object.fromEntries(clockFace.formatToParts(new Date(moment)).map((part) => [part.type, part.value]));
  return `${Number(parts.hour)}${page.language === "fr" ? "\u00a0h\u00a0" : ":"}${parts.minute}`;
}

export function filled(pattern, values) {
  return pattern.replaceAll(/\{(\w+)\}/gu, (_, name) => values[name]);
}

export function says(name, values = {}) {
  return filled(document.querySelector(`template[data-says="${name}"]`).content.textContent.trim(), values);
}
