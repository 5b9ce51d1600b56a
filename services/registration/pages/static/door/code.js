// Codes, as shared/words/codes.py makes and reads them: tests/shared/code-cases.json holds both to it.
const ALPHABET = "34679ACDEFGHJKMNPRTVWXY";
const LENGTH = 10;
const GROUP = 5;
const LEAST_PART = 4;
const NAMED = /^.*:(?=\s*\S)|^\s*code\b/isu;
const BETWEEN = /[\s\-_.,;:/|'’\u00AD\u2010-\u2015\u2212\u200B-\u200F\u2060\uFEFF]/gu;
// A scanner types as on an American keyboard; what these make of the same keys.
const KEYBOARDS = [
  ["", ""],
  ["QqZz?,\"'-§èÈçÇ)°", "AAWWMM34667799--"], // French and Belgian
  ["Zzß?", "YY--"], // German
].map(([typed, meant]) => new Map([...typed].map((sign, index) => [sign, meant[index]])));

function checked(code) {
  const values = [...code].map((sign) => ALPHABET.indexOf(sign));
  if (values.length !== LENGTH || values.includes(-1)) return false;
  const check = values.pop();
  return values.reduce((sum, value, index) => sum + (index + 1) * value, 0) % ALPHABET.length === check;
}

/** The code as it was made, from what was typed or scanned; null when it cannot be one. */
export function parseCode(text) {
  const typed = text.normalize("NFKC").replace(NAMED, "");
  for (const keyboard of KEYBOARDS) {
    const meant = [...typed].map((sign) => keyboard.get(sign) ?? sign).join("");
    const code = meant.toUpperCase().replaceAll(BETWEEN, "");
    if (checked(code)) return `${code.slice(0, GROUP)}-${code.slice(GROUP)}`;
  }
  return null;
}

/** The signs of a code of which somebody reads a part, four or more; null when it cannot be. */
export function partOfCode(text) {
  const part = text.normalize("NFKC").replace(NAMED, "").replaceAll(BETWEEN, "").toUpperCase();
  const fits = part.length >= LEAST_PART && part.length <= LENGTH;
  return fits && [...part].every((sign) => ALPHABET.includes(sign)) ? part : null;
}
