// What was meant, when nobody is called what was typed: the rule of shared/words/slips.py.
import { partOfCode } from "./code.js";
import { wordsSought } from "./seek.js";

const SHORT = new Map([["st", "saint"], ["ste", "sainte"]]);
const LONG = new Map([...SHORT].map(([short, long]) => [long, short]));
const LEAST = 4;

/** One letter more, less or other, or two that changed places; false for two that are equal. */
function isOneSlip(one, other) {
  let start = 0;
  while (start < Math.min(one.length, other.length) && one[start] === other[start]) start += 1;
  let end = 0;
  const longest = Math.min(one.length, other.length) - start;
  while (end < longest && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [left, right] = [one, other].map((word) => word.slice(start, word.length - end));
  const swapped = left.length === 2 && right.length === 2 && left === right[1] + right[0];
  return swapped || Math.max(left.length, right.length) === 1;
}

function isNear(word, key) {
  if (key.includes(word) || key.includes(SHORT.get(word) ?? word) || LONG.get(word) === key) return true;
  return word.length >= LEAST && Math.abs(word.length - key.length) <= 1 && isOneSlip(word, key);
}

/** Who may be meant by what nobody is called: by a slip, or by a part of their code. */
export function perhaps(people, text) {
  const words = wordsSought(text);
  const part = partOfCode(text);
  const means = ({ sought = "" }) => {
    const keys = sought.split(" ").map((key) => key.replace(/^[\^=]/u, ""));
    return words.length > 0 && words.every((word) => keys.some((key) => isNear(word, key)));
  };
  return people.filter((person) => means(person) || (part && person.code.replaceAll("-", "").includes(part)));
}
