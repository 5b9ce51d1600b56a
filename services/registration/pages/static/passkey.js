// Passkeys: the server's options go to the device, its answer goes back in the form.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function forDevice(options) {
  const known = (list) => (list || []).map((each) => Object.assign(each, { id: bytes(each.id) }));
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    excludeCredentials: known(options.excludeCredentials),
    allowCredentials: known(options.allowCredentials),
  };
}

function forServer(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.hidden = !window.PublicKeyCredential;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      const answer = await fetch(form.dataset.options, { method: "POST" });
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: forDevice(await answer.json()) });
      form.elements.credential.value = forServer(credential);
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
