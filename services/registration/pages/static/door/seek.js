// Finding somebody by what is typed: the rule of shared/words/folding.py and people/search.py. The
// cases in tests/shared/folding-cases.json hold them together.
const MOST_WORDS = 8;

// What Unicode does not take apart, letters of one sound, and signs that some keyboards have for an
// apostrophe.
const LETTERS = new Map([
  ...zip("łøđðħıȷŧŋĸəɛɔɨʉɓɖɗƒɣƙƴʒƶǥ", "loddhijtnkeeoiubddfgkyzzg"),
  ...zip("ςґىیکةٱ", "σгييكها"),
  ...[..."ʼʻʽʾʿʹʺˈꞌـ"].map((sign) => [sign, ""]),
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["þ", "th"],
]);
// Accents and vowel points; not the vowel signs of Indic scripts and Thai, which are letters.
const MARKS = new RegExp(
  `[${[
    String.raw`\u0300-\u036F\u0483-\u0489`,
    String.raw`\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7`,
    String.raw`\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED`,
    String.raw`\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF`,
  ].join("")}]`,
  "u",
);
const BETWEEN = /[^\p{L}\p{M}\p{N}]/gu;

function zip(signs, others) {
  return [...signs].map((sign, index) => [sign, [...others][index]]);
}

export function keyOf(text) {
  const signs = [...text.normalize("NFKD").toLowerCase()].map((sign) => LETTERS.get(sign) ?? sign);
  return signs.filter((sign) => !MARKS.test(sign)).join("").replaceAll(BETWEEN, "");
}

/** What was typed, as keys: each is part of one of whoever is meant. */
export function wordsSought(text) {
  return text.split(/\s+/u).map(keyOf).filter(Boolean).slice(0, MOST_WORDS);
}

/** How far somebody with these keys is from the words: 0 when they are the last or the whole name. */
function distance(keys, words) {
  const whole = words.join("");
  const has = (key) => keys.includes(key);
  if (has(` ^${whole} `) || has(` =${whole} `)) return 0;
  if (has(` ^${whole}`)) return 1;
  if (has(` =${whole}`)) return 2;
  let total = 3;
  for (const word of words) {
    total += [` ^${word} `, ` ${word} `, ` ^${word}`, ` ${word}`, word].findIndex(has);
  }
  return total;
}

/** The people meant, the nearest first and then in the order of the list; each has `sought`. */
export function nearest(people, text) {
  const words = wordsSought(text);
  if (words.length === 0) return [];
  return people
    .filter(({ sought = "" }) => words.every((word) => sought.includes(word)))
    .map((person) => ({ person, far: distance(person.sought, words) }))
    .sort((one, other) => one.far - other.far)
    .map(({ person }) => person);
}
