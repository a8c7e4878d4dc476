"use strict";
/* The wall: asks for its scenes once a minute, turns them, and never goes blank. */
(() => {
  const body = document.body, main = document.getElementById("isi");
  const seconds = (name) => Number(body.dataset[name]) * 1000;
  const shown = document.getElementById("sampai"), clock = document.getElementById("jam");
  const old = document.getElementById("lama"), wrong = document.getElementById("galat"), held = document.getElementById("jeda");
  const kept = "jukung-papan-" + body.dataset.lang;
  let at = 0, scene = 0, turned = Date.now(), isHeld = false;

  const store = {
    get(name) { try { return localStorage.getItem(name); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(name, value); } catch { /* a kiosk without storage: memory only */ } },
  };
  const given = new URLSearchParams(location.hash.slice(1)).get("layar");
  const token = given || store.get("jukung-layar");

  const say = (element, text) => { element.textContent = text; element.hidden = !text; };
  const scenes = () => [...main.querySelectorAll(".scene")];
  const turn = (to) => {
    const all = scenes();
    if (!all.length) return;
    scene = (to + all.length) % all.length;
    all.forEach((each, place) => { each.hidden = place !== scene; });
    turned = Date.now();
  };
  const put = (html, when) => {
    const content = new DOMParser().parseFromString(html, "text/html");
    const found = content.querySelectorAll(".scene");
    if (!found.length) return false;
    main.replaceChildren(...found);
    at = when;
    shown.textContent = main.querySelector("[data-upto]").dataset.upto;
    turn(scene);
    return true;
  };
  const look = () => {
    const now = Date.now(), age = at ? now - at : 0;
    const there = new Date(now + 60000 * Number(body.dataset.offset));  // the city's clock, wherever the screen's is set
    const time = there.toLocaleTimeString(body.dataset.lang, { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
    clock.textContent = `${time} ${body.dataset.zone}`;
    say(old, age > seconds("old") ? old.dataset.text.replace("{n}", Math.floor(age / 60000)) : "");
    body.classList.toggle("grey", age > seconds("grey"));
    if (!isHeld && now - turned >= seconds("scene")) turn(scene + 1);
  };
  const ask = async () => {
    if (!token) { say(wrong, wrong.dataset.token); return; }
    const stop = new AbortController(), limit = setTimeout(() => stop.abort(), 20000);
    try {
      const answer = await fetch("/papan/adegan?lang=" + body.dataset.lang, {
        headers: { Authorization: "Bearer " + token }, cache: "no-store", signal: stop.signal,
      });
      if (answer.ok) {
        const html = await answer.text(), when = Date.now();
        if (put(html, when)) store.set(kept, JSON.stringify({ html, when }));
        say(wrong, "");
        if (given) {
          store.set("jukung-layar", given);
          history.replaceState(null, "", location.pathname + location.search);
        }
      } else if (answer.status === 401) {
        say(wrong, wrong.dataset.refused);
      }
    } catch { /* not reachable: what is shown stays, and ages */ } finally { clearTimeout(limit); look(); }
  };

  try {
    const before = JSON.parse(store.get(kept) || "null");
    if (before && token) put(before.html, before.when);
  } catch { /* nothing kept that could be read */ }
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/papan/pekerja.js", { scope: "/papan" }).catch(() => {});
  document.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") turn(scene + 1);
    else if (event.key === "ArrowLeft") turn(scene - 1);
    else if (event.key === " ") { isHeld = !isHeld; held.hidden = !isHeld; turned = Date.now(); event.preventDefault(); }
  });
  setInterval(look, 1000);
  setInterval(ask, seconds("every"));
  look();
  ask();
})();
