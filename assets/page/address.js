// The address bar is the state of the page. `onescreen.page.go` changes it; the server answers what it asks for.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});
  const KEYS = ["area", "layer", "per", "level", "day", "known", "view", "lang", "theme"]; // as dashboard/links.py writes them
  const BEAT = 15000; // milliseconds between signs of life
  const SOON = 3000; // while the server is away
  const LOOK = 1500; // between two looks for a new version, while somebody looks: within two seconds of its coming it is asked for

  let tell = () => {};
  let told = null; // the last answer of the server about the address
  let waiting = 0; // the timer of a page that is not complete yet
  page.state = () => (told ? told.state : {});
  page.plain = () => (told ? told.plain : {});
  page.words = () => (told ? told.words : {});

  // The query with a change made: values equal to the default, null and "" are left out.
  page.query = function (patch) {
    const now = new URLSearchParams(location.search), plain = page.plain(), next = [];
    if ("area" in patch) Object.assign(patch, { level: null, view: null, ...patch });
    for (const key of new Set([...KEYS, ...now.keys()])) {
      const value = key in patch ? patch[key] : now.get(key);
      if (value !== null && value !== undefined && value !== "" && value !== plain[key])
        next.push(`${key}=${encodeURIComponent(value).replace(/%2C/g, ",").replace(/%3A/g, ":")}`);
    }
    return next.length ? `?${next.join("&")}` : "";
  };

  // Goes to a changed state; {replace: true} leaves no entry in the history (days, themes).
  page.go = function (patch, { replace = false } = {}) {
    const search = page.query(patch);
    if (search === location.search) return;
    history[replace ? "replaceState" : "pushState"](null, "", location.pathname + search);
    if ("area" in patch) page.set("map", { selected: patch.area === "city" ? null : patch.area });
    if (patch.theme) document.documentElement.dataset.theme = patch.theme;
    ask();
  };

  // The page with the map, and pages that the server writes whole.
  const APART = ["/", "/held"];

  // Goes to another address; between pages with a map and without, the page is loaded anew.
  page.visit = function (href) {
    if (APART.includes(new URL(href, location).pathname) || location.pathname === "/") return location.assign(href);
    if (href === location.pathname + location.search) return;
    history.pushState(null, "", href);
    ask();
  };

  // For a link: a plain click visits, every other click is the browser's.
  page.follow = function (event, href) {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    page.visit(href);
  };

  page.set = (id, properties) => window.dash_clientside.set_props(id, properties);

  function ask() {
    document.documentElement.dataset.asked = String(Number(document.documentElement.dataset.asked || 0) + 1);
    tell({ search: location.search, path: location.pathname });
  }

  // An address that holds whatever happens later: with its day, and as known now.
  page.lasting = function () {
    const { day } = page.state(), known = new URLSearchParams(location.search).get("known");
    const moment = new Date().toISOString().slice(0, 19);
    return location.origin + location.pathname + page.query({ day, known: known && known !== "now" ? known : moment });
  };

  function place(data) {
    told = data;
    const root = document.documentElement;
    root.lang = data.state.lang === "zh" ? "zh-CN" : "en";
    root.dataset.theme = data.state.theme;
    document.title = data.title;
    if (data.search !== location.search) history.replaceState(null, "", location.pathname + data.search);
    root.dataset.answered = root.dataset.asked;
    root.dataset.shown = "true";
    clearTimeout(waiting); // something is still being worked out: the same question, a little later
    if (data.again) waiting = setTimeout(page.again, 1000 * data.again);
  }

  // Asks the same question once more.
  page.again = () => tell({ pulse: { again: Date.now() } });

  // Signs of life: news of a new version asks again; a server, or a database behind it, that is silent is told of, calmly.
  function pulse(report) {
    let timer = 0, looking = 0, seen = new Date(), away = false, count = 0, ended = false, older = 0;
    const beat = async () => {
      clearTimeout(timer);
      let sign = null;
      try {
        const answer = await fetch("/alive", { cache: "no-store" });
        if (answer.status === 401) return later(SOON); // said elsewhere: the server itself is there
        sign = answer.ok ? await answer.json() : null;
      } catch {
        sign = null;
      }
      const here = sign !== null && !sign.lost, back = away && here;
      if (sign !== null) seen = new Date(Date.now() - 1000 * (sign.lost || 0));
      away = !here;
      document.dispatchEvent(new CustomEvent("onescreen:server", { detail: { away, seen } }));
      // of several processes one may be a moment behind: an older version is believed once it lasts
      older = here && told && sign.version < told.state.version ? older + 1 : 0;
      const news = here && told && (sign.version > told.state.version || older > 2);
      if (back || news) report({ version: sign.version, n: ++count });
      later(away ? SOON : BEAT);
    };
    const later = (pause) => (clearTimeout(timer), (timer = ended ? 0 : setTimeout(beat, pause)));
    const look = async () => {
      if (!document.hidden && !away && told) {
        const version = await fetch("/pulse", { cache: "no-store" }).then((answer) => (answer.ok ? answer.text() : "-1"), () => "-1");
        if (!away && (Number(version) < 0 || Number(version) > told.state.version)) await beat();
      }
      looking = ended ? 0 : setTimeout(look, LOOK);
    };
    const now = () => (clearTimeout(timer), beat());
    later(SOON);
    looking = setTimeout(look, LOOK);
    for (const event of ["online", "offline"]) window.addEventListener(event, now);
    page.beat = now;
    return () => {
      ended = true;
      for (const one of [timer, looking]) clearTimeout(one);
      for (const event of ["online", "offline"]) window.removeEventListener(event, now);
    };
  }

  onescreen.Address = function Address({ id, data, setProps }) {
    const { useEffect, useLayoutEffect } = window.React;
    useEffect(() => {
      tell = setProps;
      const back = () => ask();
      window.addEventListener("popstate", back);
      ask();
      const stop = pulse((what) => setProps({ pulse: what }));
      return () => (stop(), window.removeEventListener("popstate", back));
    }, []);
    useLayoutEffect(() => void (data && place(data)), [data]);
    return page.h("div", { id, hidden: true });
  };

  // Where a click on the map leads: the part of the shown area under it, or, outside of it, its neighbour.
  function target({ code, areas }, heading) {
    const path = Object.values(areas), here = page.state().area;
    if (heading && heading.chosen && heading.level !== "cell") return path.includes(code) ? code : path.at(-1);
    const at = path.indexOf(here);
    if (at >= 0) return path[at + 1];
    return path[Math.max(0, (heading ? heading.path.length : 1) - 2)];
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.onescreen_page = {
    // The map's news: a click drills, Escape goes up.
    follow(clicked, escaped) {
      const { triggered } = window.dash_clientside.callback_context;
      for (const { prop_id } of triggered) {
        if (prop_id === "map.clicked" && clicked) {
          const area = target(clicked, page.heading);
          if (area && area !== page.state().area) page.go({ area });
        }
        if (prop_id === "map.escaped" && escaped) page.up();
        if (prop_id === "map.status") page.beat && page.map() && page.map().status === "late" && page.beat();
      }
      return window.dash_clientside.no_update;
    },
  };

  page.up = () => told && !told.top && page.go({ area: told.state.parent });
})();
