// Passkeys: <form data-passkey="address of the options" data-passkey-kind="create">. Pressing its
// button fetches the options, lets the device answer, and sends the answer with the form.
const words = {
  NotAllowedError: "It was cancelled, or took too long. You can try again.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys do not work at this address of the appliance.",
};
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function decoded(options) {
  const lists = {};
  for (const name of ["allowCredentials", "excludeCredentials"]) {
    if (options[name]) lists[name] = options[name].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  const user = options.user && { user: { ...options.user, id: bytes(options.user.id) } };
  return { ...options, ...lists, ...user, challenge: bytes(options.challenge) };
}

function encoded(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

async function answer(form) {
  const asked = await fetch(form.dataset.passkey, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrf_token.value, Accept: "application/json" },
  });
  if (!asked.ok) throw new Error("Please load this page again, then try once more.");
  const publicKey = decoded(await asked.json());
  return form.dataset.passkeyKind === "create"
    ? navigator.credentials.create({ publicKey })
    : navigator.credentials.get({ publicKey });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const trouble = form.querySelector("[data-passkey-trouble]");
  const say = (message) => {
    trouble.textContent = message;
    trouble.hidden = false;
  };
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value || !form.checkValidity()) return;
    event.preventDefault();
    trouble.hidden = true;
    if (!window.PublicKeyCredential) {
      say("This browser cannot use passkeys at this address.");
      return;
    }
    try {
      form.elements.credential.value = encoded(await answer(form));
      form.submit();
    } catch (error) {
      say(words[error.name] ?? error.message);
    }
  });
}
