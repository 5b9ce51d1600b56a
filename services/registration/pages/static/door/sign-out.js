// Signing out takes everything of the day from the device, unless scans would be lost unseen.
import { dropPage } from "./keep.js";
import { destroySafe } from "./safe.js";
import { page, says } from "../offline/says.js";

const form = document.querySelector("[data-sign-out]");
const dialog = document.querySelector("[data-leave]");

async function isMeant(line, journal) {
  await line.tend();
  const unsettled = journal.unsettled.length;
  if (unsettled === 0) return true;
  dialog.querySelector("p").textContent = says("unsent", { count: unsettled });
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((closed) => {
    dialog.addEventListener("close", closed, { once: true });
  });
  return dialog.returnValue === "leave";
}

export function watchSignOut(line, journal) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(await isMeant(line, journal))) return;
    line.close();
    await destroySafe(page.slug);
    await dropPage(`/checkin/${page.slug}`);
    try {
      await fetch(form.action, { method: "POST", redirect: "manual" });
      location.assign(`/checkin/${page.slug}`);
    } catch {
      document.querySelector("main").textContent = says("removed");
    }
  });
}
