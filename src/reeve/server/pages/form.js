// The form without leaving the page: what the server would show as the next page is fetched, and
// the parts of it that can change are put in place. Without this script the form just works.
// Columns of a table may be called "action" or "elements", and inputs hide members of their form by
// such names ("getAttribute" would do too): so nothing here asks the form for a member.
"use strict";

const attribute = (element, name) => Element.prototype.getAttribute.call(element, name);
const byId = (id) => document.getElementById(id);
const answer = byId("answer");

function say(text) {
  const line = document.createElement("p");
  line.className = "problem";
  line.textContent = text;
  answer.replaceChildren(line);
}

// Puts the changeable parts of `page` in the place of ours.
function show(page) {
  for (const part of document.querySelectorAll("[data-swap]")) {
    const other = page.getElementById(part.id);
    if (!other) continue;
    part.className = other.className;
    part.replaceChildren(...other.childNodes);
  }
  for (const input of document.querySelectorAll("#row [id^=f]")) {
    const other = page.getElementById(input.id);
    const invalid = other && other.getAttribute("aria-invalid");
    if (invalid) input.setAttribute("aria-invalid", invalid);
    else input.removeAttribute("aria-invalid");
  }
}

async function messageOf(response) {
  try {
    return (await response.json()).error.message;
  } catch {
    return `The service answered with status ${response.status}.`;
  }
}

async function send(form) {
  const response = await fetch(new URL(attribute(form, "action"), location.href), {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
  });
  const type = response.headers.get("Content-Type") || "";
  if (!type.startsWith("text/html")) {
    say(await messageOf(response));
    return;
  }
  show(new DOMParser().parseFromString(await response.text(), "text/html"));
  const bad = document.querySelector("#row [aria-invalid=true]");
  if (bad) {
    bad.focus();
    return;
  }
  const top = answer.getBoundingClientRect().top;
  if (top < 0 || top > window.innerHeight / 2) answer.scrollIntoView();
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (attribute(form, "id") !== "row") return;
  event.preventDefault();
  const button = document.querySelector("#row button");
  button.disabled = true;
  answer.setAttribute("aria-busy", "true");
  try {
    await send(form);
  } catch {
    say("The service cannot be reached.");
  } finally {
    button.disabled = false;
    answer.removeAttribute("aria-busy");
  }
});

// Choosing "Other …" leads on to the input that it opens.
document.addEventListener("change", (event) => {
  const select = event.target;
  if (select.tagName !== "SELECT") return;
  const chosen = select.selectedOptions[0];
  const other = select.parentElement.querySelector("input.other");
  if (!other) return;
  other.required = chosen && chosen.className === "other" && select.required;
  if (chosen && chosen.className === "other") other.focus();
});

// Many fields: show those whose name holds what is typed.
const search = byId("search");
if (search) {
  search.hidden = false;
  const fields = [...document.querySelectorAll("#row .field")];
  const names = fields.map((field) => field.querySelector("label").textContent.toLowerCase());
  byId("find").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    let count = 0;
    fields.forEach((field, i) => {
      field.hidden = !names[i].includes(wanted);
      if (!field.hidden) ++count;
    });
    byId("found").textContent = wanted ? `${count} of ${fields.length}` : "";
  });
  // A field that is hidden cannot tell what is wrong with it.
  document.querySelector("#row button").addEventListener("click", () => {
    for (const field of fields) {
      if (field.querySelector(":invalid")) field.hidden = false;
    }
  });
}
