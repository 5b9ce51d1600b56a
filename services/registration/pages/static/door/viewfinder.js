// The whole screen is the camera, and what is said of a badge stands over it.
import { Camera } from "./camera.js";
import { placePanel } from "./panel.js";
import { stand } from "./stand.js";

const button = document.querySelector("[data-camera]");
const dialog = document.querySelector("[data-viewfinder]");
const torch = dialog.querySelector("[data-torch]");

async function open(camera) {
  dialog.querySelector("[data-where]").textContent = stand.title;
  dialog.showModal();
  placePanel(dialog);
  try {
    await camera.start();
  } catch {
    dialog.close();
    document.querySelector("[data-no-camera]").hidden = false;
  }
}

async function light(camera) {
  const on = torch.ariaPressed !== "true";
  await camera.light(on);
  torch.ariaPressed = String(on);
}

/** `seen` is told of each badge. */
export function offerViewfinder(seen) {
  const camera = new Camera(dialog.querySelector("[data-view]"), seen);
  camera.addEventListener("open", () => {
    torch.hidden = !camera.hasTorch;
    torch.ariaPressed = "false"; // a camera that opens has it off
  });
  button.hidden = !Camera.isOffered;
  button.addEventListener("click", () => open(camera));
  torch.addEventListener("click", () => light(camera).catch(console.error));
  dialog.querySelector("[data-stop]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    camera.stop();
    placePanel();
  });
}

