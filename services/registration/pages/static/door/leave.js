// On the sign-in page: whoever was signed in is no longer, so what the door kept of people goes.
import { dropPage } from "./keep.js";
import { Safe } from "./safe.js";

const { slug } = document.querySelector("[data-slug]").dataset;
await Safe.leave(slug);
await dropPage(`/checkin/${slug}`);
