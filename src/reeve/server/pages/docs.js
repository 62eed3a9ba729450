// "Send" below each operation of the API's description: does what the command above it does, and
// shows the answer as it came, JSON with indents.
"use strict";

function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(form) {
  const body = form.querySelector("textarea");
  const headers = body ? { "Content-Type": form.dataset.type } : {};
  const response = await fetch(new URL(form.dataset.path, location.href), {
    method: form.dataset.method,
    headers,
    body: body ? body.value : undefined,
  });
  const text = await response.text();
  return `${response.status} ${response.statusText}\n\n${readable(text)}`;
}

for (const form of document.querySelectorAll("form.try")) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const pre = document.createElement("pre");
    try {
      pre.textContent = await send(form);
    } catch {
      pre.textContent = "The service cannot be reached.";
    }
    form.querySelector("output").replaceChildren(pre);
  });
}
