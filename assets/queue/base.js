// What all parts of the queue use: words, elements, times, addresses.
(function () {
  "use strict";
  const queue = ((window.onescreen = window.onescreen || {}).queue = {});
  const page = document.documentElement;
  const told = JSON.parse(document.getElementById("told").textContent);

  queue.told = told;
  queue.lang = page.lang === "en" ? "en" : "zh";
  const at = queue.lang === "zh" ? 0 : 1;

  // A word in the reader's language; names in braces are filled in. English has no "1 reports".
  queue.say = function (key, fields = {}) {
    const text = told.texts[key][at].replace(/\{(\w+)\}/g, (_, name) => fields[name]);
    return at && fields.n === 1 ? text.replace(/^1 (\w+)s\b/, "1 $1").replace(/^1 are\b/, "1 is") : text;
  };

  // What a vocabulary calls an id.
  queue.word = (kind, id) => (told[kind][id] || { name: [id, id] }).name[at];

  // An element: properties, then children; null and false are no children.
  queue.h = function (tag, properties, ...children) {
    const [name, ...classes] = tag.split("."), made = document.createElement(name || "div");
    if (classes.length) made.className = classes.join(" ");
    for (const [key, value] of Object.entries(properties || {})) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (key in made && key !== "list") made[key] = value;
      else if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return made;
  };

  const SHAPES = {
    back: "M10 3 5 8l5 5",
    clock: "M8 4.5V8l2.5 1.5M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8",
    waiting: "M4 1.8h8M4 14.2h8M5 1.8c0 4 6 8.4 6 12.4M11 1.8c0 4-6 8.4-6 12.4",
    camera: "M1.8 5h2.7l1.2-2h4.6l1.2 2h2.7v8.2H1.8zM8 6.4a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8",
    cut: "M3 8h10M8 3v10",
    close: "m4 4 8 8M12 4l-8 8",
    menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  };
  queue.icon = function (name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", "icon");
    svg.append(document.createElementNS(svg.namespaceURI, "path"));
    svg.firstChild.setAttribute("d", SHAPES[name]);
    return svg;
  };

  // The mark of the product: seven cells.
  const CELLS = [[12, 12, 1], [12, 4.1, 0.35], [18.9, 8.05, 0.55], [18.9, 15.95, 0.8], [12, 19.9, 0.55], [5.1, 15.95, 0.35], [5.1, 8.05, 0.2]];
  queue.mark = function () {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", "mark");
    for (const [x, y, opacity] of CELLS) {
      const cell = document.createElementNS(svg.namespaceURI, "path");
      cell.setAttribute("d", `M${x} ${y - 3.9}l3.38 1.95v3.9l-3.38 1.95l-3.38 -1.95v-3.9z`);
      cell.setAttribute("opacity", opacity);
      svg.append(cell);
    }
    return svg;
  };

  // times -------------------------------------------------------------------------------------------

  // The server's clock: phones are set wrong.
  queue.ahead = 0;
  queue.now = () => Date.now() + queue.ahead;

  const parts = (moment) => {
    const format = new Intl.DateTimeFormat("en-GB", { timeZone: told.zone, year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    return Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  };
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

  // A moment in the city's time: its hour alone if it is today.
  queue.moment = function (text) {
    if (!text) return "";
    const then = parts(new Date(text)), today = parts(new Date(queue.now())), hour = `${then.hour}:${then.minute}`;
    if (["year", "month", "day"].every((part) => then[part] === today[part])) return hour;
    const month = Number(then.month), day = Number(then.day);
    return at ? `${day} ${MONTHS[month - 1]} ${hour}` : `${month}月${day}日 ${hour}`;
  };

  // How long until a deadline: {over, parts: [[number, unit], ...]}.
  queue.remaining = function (due) {
    const left = new Date(due) - queue.now(), over = left < 0;
    const minutes = over ? Math.max(1, Math.floor(-left / 60000)) : Math.ceil(left / 60000);
    const hours = Math.floor(minutes / 60), say = queue.say;
    if (hours >= 48) return { over, parts: [[Math.floor(hours / 24), say("day")]] };
    if (hours >= 10) return { over, parts: [[hours, say("hour")]] };
    if (hours) return { over, parts: [[hours, say("hour")], ...(minutes % 60 ? [[minutes % 60, say("minute")]] : [])] };
    return { over, parts: [[minutes, say("minute")]] };
  };

  // addresses ---------------------------------------------------------------------------------------

  queue.address = function (path, changes = {}) {
    const asked = new URLSearchParams(location.search);
    for (const key of [...asked.keys()]) if (key !== "lang" && key !== "theme") asked.delete(key);
    for (const [key, value] of Object.entries(changes)) asked.set(key, value);
    const words = String(asked);
    return words ? `${path}?${words}` : path;
  };

  // What ends a question after so many milliseconds, also in browsers that have no such signal of their own.
  queue.within = function (ms) {
    if (AbortSignal.timeout) return AbortSignal.timeout(ms);
    const ender = new AbortController();
    setTimeout(() => ender.abort(), ms);
    return ender.signal;
  };

  // The word that shows the server that a request is this page's own: see dashboard/access/csrf.py.
  queue.csrf = function () {
    const word = /(?:^|; )_csrf_token=([^;]*)/.exec(document.cookie);
    return word ? word[1] : "";
  };

  // A key that nobody else makes; plain http has no randomUUID.
  queue.newKey = function () {
    if (crypto.randomUUID) return crypto.randomUUID();
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };
})();
