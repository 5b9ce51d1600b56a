// Codes, as shared/words/codes.py makes and reads them.
const ALPHABET = "34679ACDEFGHJKMNPRTVWXY";
const LENGTH = 10;
const GROUP = 5;
const BETWEEN = /[ \-.\u00a0\u2010-\u2013\u202f\t\r\n]/gu;

/** The code as it was made, from what was typed or scanned; null when it cannot be one. */
export function parseCode(text) {
  const signs = [...text.toUpperCase().replaceAll(BETWEEN, "")];
  const values = signs.map((sign) => ALPHABET.indexOf(sign));
  if (signs.length !== LENGTH || values.includes(-1)) return null;
  const check = values.pop();
  const total = values.reduce((sum, value, index) => sum + (index + 1) * value, 0);
  if (total % ALPHABET.length !== check) return null;
  return `${signs.slice(0, GROUP).join("")}-${signs.slice(GROUP).join("")}`;
}
