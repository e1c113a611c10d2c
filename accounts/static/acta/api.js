// Forms cannot say PUT or send JSON; this does it for them and shows the page that comes back.
"use strict";

async function send(form) {
  const method = form.dataset.send;
  const body = form.elements.body?.value;
  const headers = { Accept: "text/html", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(form.action, { method, headers, body, credentials: "same-origin" });
  const page = await answer.text();
  document.open();
  document.write(page);
  document.close();
  window.scrollTo(0, 0);
}

for (const form of document.querySelectorAll("form[data-send]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
