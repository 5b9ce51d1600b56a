// On the pages to sign in: whoever was signed in is no longer, so what the doors kept of people goes.
import { dropPage } from "./keep.js";
import { keptDays, leaveSafe } from "./safe.js";

const slug = document.querySelector("[data-slug]")?.dataset.slug;
for (const day of slug ? [slug] : await keptDays()) {
  await leaveSafe(day);
  await dropPage(`/checkin/${day}`);
}
