// The page as a whole: what it knows, what it reads, and when it is drawn anew.
(function () {
  "use strict";
  const { queue } = window.onescreen, { h, say, icon, kept, send } = queue;
  // Milliseconds between two readings of the list while somebody looks, and between two turns of the clocks.
  const PULSE = 20000, TICK = 15000, PATIENCE = 20000;

  // who: {key, name, role, area, city}; list: the last answer; detail: the event that is open; open: its number, 0 for none;
  // trouble: "" | offline | server | refused; ended: the session is over; lost: why there is no detail.
  Object.assign(queue, { who: null, list: null, detail: null, open: 0, trouble: "", told_trouble: null, ended: false, lost: "" });
  let tag = "", toast = 0;

  // drawing -----------------------------------------------------------------------------------------

  let planned = false, pressed = false;
  const soon = () => queueMicrotask(() => ((planned = false), draw()));
  queue.changed = function () {
    if (planned) return;
    planned = true;
    if (!pressed) soon();
  };

  // A button that is drawn anew between press and release is never clicked: what is pressed stays until it is let go.
  const press = ({ button }) => (pressed = button === 0);
  function release() {
    if (pressed && planned) soon();
    pressed = false;
  }

  // Nothing is drawn anew that is as it was: whoever reads or holds a finger on something is not disturbed.
  function put(place, parts) {
    const made = document.createElement("div");
    made.append(...parts.flat().filter(Boolean));
    if (place.drawn === made.innerHTML) return;
    const focused = place.contains(document.activeElement) && (document.activeElement.dataset.step || document.activeElement.getAttribute("href"));
    place.drawn = made.innerHTML;
    place.replaceChildren(...made.childNodes);
    const again = focused && [...place.querySelectorAll("a, button")].find((one) => (one.dataset.step || one.getAttribute("href")) === focused);
    if (again) again.focus({ preventScroll: true });
  }

  function draw() {
    document.body.dataset.view = queue.open ? "event" : "list";
    put(top, header());
    put(notices, told());
    put(list, queue.drawList());
    put(event, queue.drawEvent());
    const waiting = send.waiting().length;
    document.title = `${waiting ? `(${waiting}) ` : ""}${say("queue")} · 一屏 OneScreen`;
  }

  function header() {
    const { who, told } = queue, other = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    const menu = h("details.menu-box", null, h("summary", { "aria-label": say("menu") }, who && who.name ? h("i", { "aria-hidden": "true" }, [...who.name][0]) : icon("menu")),
      h("div.account-menu", null,
        who && h("p", null, h("b", null, who.name), h("span", null, [queue.word("roles", who.role), who.area].filter(Boolean).join(" · "))),
        h("a", { href: queue.address("/") }, say("pages")),
        h("a", { href: queue.address("/queue", { theme: other }) + location.hash }, say(other)),
        h("a", { href: queue.address("/queue", { lang: queue.lang === "zh" ? "en" : "zh" }) + location.hash, lang: queue.lang === "zh" ? "en" : "zh-CN" }, say("language")),
        who && who.key && h("form", { method: "post", action: queue.address("/sign-out"), onsubmit: leave }, h("input", { type: "hidden", name: "csrf", value: queue.csrf() }), h("button", { type: "submit" }, say("sign_out")))));
    return [h("a.product", { href: "#", "aria-label": say("back") }, queue.mark(), say("queue")), h("span.city", null, who && who.city), told.simulated && h("strong.simulated", { title: told.simulated_about[queue.lang === "zh" ? 0 : 1] }, told.simulated[queue.lang === "zh" ? 0 : 1]), menu];
  }

  async function leave(asked) {
    asked.preventDefault();
    const form = asked.target, here = await kept.acts().catch(() => send.acts);
    const waiting = here.filter((act) => !act.refused).length; // whoever's: all of it goes
    if (waiting && !(await queue.confirm(say("leave_waiting", { n: waiting }), say("leave"), say("stay")))) return;
    queue.ended = true; // nothing is read or kept from here on
    await kept.forgetAll();
    form.submit();
  }

  // what is said above the list ----------------------------------------------------------------------

  const note = (kind, ...said) => h(`p.note-line.${kind}`, { role: kind === "bad" ? "alert" : "status" }, ...said);

  function told() {
    const waiting = send.waiting().length, offline = queue.trouble === "offline" || send.trouble === "offline";
    const lines = [];
    if (queue.ended) lines.push(note("bad", say(queue.ended === "another" ? "another" : "ended"), " ", waiting > 0 && say("ended_waiting", { n: waiting }), " ", h("a", { href: queue.ended === "another" ? queue.address("/queue") : signIn() }, say(queue.ended === "another" ? "reload" : "again"))));
    else if (queue.trouble === "refused") lines.push(note("bad", queue.told_trouble[queue.lang]));
    else if (offline) lines.push(note("away", queue.list ? say("offline_list", { at: queue.moment(queue.list.at) }) : say("offline")));
    else if (queue.trouble || send.trouble) lines.push(note("away", say("server")));
    if (waiting && !queue.ended) lines.push(note("waits", icon("waiting"), h("span", null, send.busy && !offline ? say("sending", { n: waiting }) : say("waiting", { n: waiting })), !send.busy && h("button", { type: "button", onclick: retry }, say("retry"))));
    if (location.hash === "#leave" && send.acts.some((act) => !act.refused)) lines.push(note("away", say("leave_first")));
    if (!queue.open) lines.push(...queue.refusals(0));
    return lines.filter(Boolean);
  }

  // What was not taken, until somebody has read why. `id`: of one event, 0 for all.
  queue.refusals = (id) => send.refused().filter((act) => !id || act.event === id).map((act) => h("div.refusal", { role: "alert" },
    h("h2", null, say(act.refused.conflict ? "conflict" : "refused"), h("small", null, `#${act.event}`)),
    h("p", null, act.refused[queue.lang]),
    h("p.soft", null, say("not_done", { step: say(act.step) })),
    act.note && h("blockquote", null, say("you_wrote", { note: act.note })),
    h("button.also", { type: "button", onclick: () => send.drop(act.key) }, say("understood"))));

  const retry = () => (send.now(), queue.read());
  const signIn = () => `/sign-in?${new URLSearchParams({ next: location.pathname + location.search + location.hash, ended: "1" })}`;

  function brief(text) {
    const line = document.body.appendChild(h("p.toast", { role: "status" }, text));
    clearTimeout(toast);
    document.querySelectorAll(".toast").forEach((one) => one !== line && one.remove());
    toast = setTimeout(() => line.remove(), 2200);
  }

  // reading ------------------------------------------------------------------------------------------

  // The answer of an address: {status, said}; status 0: no way there.
  async function asked(path, headers = {}) {
    try {
      const answer = await fetch(queue.address(path, { lang: queue.lang }), { headers: { Accept: "application/json", ...headers }, cache: "no-store", signal: queue.within(PATIENCE) });
      return { status: answer.status, said: answer.status === 304 ? null : await answer.json(), tag: answer.headers.get("ETag") };
    } catch (_) {
      return { status: 0, said: null };
    }
  }

  // Reads the list anew, and an event: the one that is open, or of the number that is given.
  queue.read = async function (id = queue.open) {
    if (queue.ended === "another") return;
    const { status, said, tag: now } = await asked("/queue/events", tag ? { "If-None-Match": tag } : {});
    if (status === 200 || status === 304) queue.ended = false;
    if (status === 200) {
      tag = now || "";
      await meet(said.who);
      queue.ahead = said.ahead = new Date(said.at) - Date.now();
      queue.list = said;
      said.session = queue.csrf();
      await kept.keepList(said).catch(() => {});
    }
    if (status === 304) queue.list.at = new Date(queue.now()).toISOString();
    settle(status, said);
    queue.changed();
    if (id) await readEvent(id);
    if (queue.trouble === "") send.now();
  };

  function settle(status, said) {
    queue.trouble = status === 200 || status === 304 ? "" : status === 0 ? "offline" : status === 403 ? "refused" : status === 401 ? "" : "server";
    queue.told_trouble = said;
    if (status === 401) queue.over(said);
    if (status === 403) (queue.list = null), (tag = "");
  }

  async function readEvent(id) {
    const { status, said } = await asked(`/queue/events/${id}`);
    if (status === 200) {
      await kept.keepEvent(said).catch(() => {});
      if (queue.open === id) (queue.detail = said), (queue.lost = "");
    } else if (queue.open === id) {
      queue.lost = status === 404 ? "gone" : status === 401 ? "ended" : "offline";
      if (status === 404) queue.detail = null;
    }
    queue.changed();
  }

  // Whoever answers is who is signed in: what another read here is not theirs to see.
  async function meet(who) {
    if (queue.who && queue.who.key !== who.key) {
      await kept.forgetRead();
      Object.assign(queue, { list: null, detail: null });
    }
    queue.who = who;
  }

  // The session is over, or another's: what was read is taken away, what waits stays for whoever did it.
  queue.over = function (said) {
    queue.ended = said && said.type === "onescreen:another" ? "another" : "ended";
    Object.assign(queue, { list: null, detail: null });
    tag = "";
    kept.forgetRead();
    queue.changed();
  };

  // The server has recorded something.
  queue.took = function (said) {
    brief(say("sent"));
    tag = "";
    const { id } = said.event, others = (event) => event.id !== id;
    if (queue.list) queue.list.events = said.gone ? queue.list.events.filter(others) : queue.list.events.map((event) => (others(event) ? event : said.event));
    if (!said.gone) kept.keepEvent(said).catch(() => {});
    if (queue.open === id) said.gone ? (location.hash = "") : (queue.detail = said);
    queue.changed();
    clearTimeout(queue.soon);
    queue.soon = setTimeout(() => send.waiting().length || queue.read(), 400);
  };

  // which event --------------------------------------------------------------------------------------

  let scrolled = 0;
  async function turn() {
    const id = Number(/^#(\d+)$/.exec(location.hash)?.[1] || 0);
    if (!queue.open) scrolled = scrollY;
    Object.assign(queue, { open: id, detail: null, lost: "" });
    if (id) {
      queue.detail = (await kept.event(id)) || null;
      if (queue.open !== id) return;
    }
    draw();
    window.scrollTo(0, id ? 0 : scrolled);
    if (id) readEvent(id);
  }

  // beginning ----------------------------------------------------------------------------------------

  const top = h("header.top"), notices = h("div.notices"), list = h("section.list", { "aria-label": say("title") }), event = h("section.event");

  async function begin() {
    document.body.replaceChildren(top, notices, h("main", null, list, event));
    const last = await kept.list().catch(() => null), session = queue.csrf();
    // Somebody signed in here since: what was kept may be another's.
    if (last && session && last.session !== session) await kept.forgetRead();
    else if (last) Object.assign(queue, { list: last, who: last.who, ahead: last.ahead });
    await send.load().catch(() => {});
    await turn();
    document.documentElement.dataset.ready = "1";
    window.addEventListener("hashchange", turn);
    queue.read();
    setInterval(() => document.querySelectorAll(".clock").forEach(queue.wind), TICK);
    setInterval(() => document.visibilityState === "visible" && queue.read(), PULSE);
    window.addEventListener("online", () => queue.read());
    window.addEventListener("offline", () => ((queue.trouble = "offline"), queue.changed()));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && queue.read());
    window.addEventListener("pointerdown", press, true);
    window.addEventListener("click", release); // after whatever the click does
    for (const ended of ["pointerup", "pointercancel", "blur"]) window.addEventListener(ended, () => setTimeout(release)); // after the click, if there is one
    document.addEventListener("pointerdown", (pressed) => document.querySelectorAll("details[open]").forEach((one) => one.contains(pressed.target) || (one.open = false)));
    if (navigator.serviceWorker) navigator.serviceWorker.register("/queue/worker.js", { scope: "/queue", updateViaCache: "none" }).catch(() => {});
  }

  begin();
})();
