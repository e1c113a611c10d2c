// Asks now and then what was done since the page was made, and puts it in its place. Without it the page is as it was.
"use strict";

const QUICK = 4000;
const SLOW = 30000;
const live = document.getElementById("live");
const feed = document.getElementById("feed");
let seq = live.dataset.seq;
let wait = QUICK;
let timer = 0;

// Places sort as text, newest first; what is older than the page belongs on the next one.
function put(html, place) {
  const fragment = document.createElement("template");
  fragment.innerHTML = html.trim();
  const line = fragment.content.firstElementChild;
  const there = document.getElementById(line.id);
  if (there) {
    there.replaceWith(line);
    return;
  }
  const next = [...feed.children].find((one) => one.dataset.place < place);
  if (!next && "open" in feed.dataset) return;
  line.classList.add("fresh");
  feed.insertBefore(line, next ?? null);
}

function show(news) {
  for (const { html, place } of news.lines) put(html, place);
  if (news.lines.length) document.getElementById("nothing")?.remove();
  wait = news.lines.length ? QUICK : Math.min(wait * 1.5, SLOW);
  seq = news.seq;
  live.textContent = "";
}

async function ask() {
  timer = 0;
  try {
    const answer = await fetch(`${live.dataset.news}&seq=${seq}`, { headers: { Accept: "application/json" } });
    // Signed out, or in another workspace: whoever looks here has to load the page again.
    if (answer.redirected || (answer.status >= 400 && answer.status < 500)) {
      live.textContent = "This page no longer follows what happens. Load it again.";
      return;
    }
    if (!answer.ok) throw new Error(answer.statusText);
    const news = await answer.json();
    show(news);
    later(news.more ? 0 : wait);
  } catch {
    wait = SLOW;
    live.textContent = "The server cannot be reached; trying again.";
    later(wait);
  }
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = document.hidden ? 0 : setTimeout(ask, milliseconds);
}

document.addEventListener("visibilitychange", () => {
  wait = QUICK;
  later(0);
});
later(wait);
