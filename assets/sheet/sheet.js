// A page as a sheet: its head, then its blocks in columns.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});
  Object.defineProperty(page, "React", { get: () => window.React, configurable: true });
  const ARROWS = { before: "M10 3 5 8l5 5", after: "M6 3l5 5-5 5" };
  const scrolled = new Map(); // address -> how far one had scrolled, for the way back
  let popped = false;
  window.addEventListener("popstate", () => (popped = true));

  function Path({ path, above, words }) {
    const { h } = page, last = path.length - 1;
    const step = ({ name, href }, n) => h("li", { key: href }, n === last && !above ? h("span", { "aria-current": "location" }, name) : h(page.Link, { href, className: "quiet" }, name));
    return h("nav", { className: "path", "aria-label": words.path }, h("ol", null, path.map(step), above && h("li", { key: "above" }, h(page.Link, { href: above.href, className: "quiet" }, above.name))));
  }

  function Arrow({ href, word, to }) {
    const { h } = page, picture = h("svg", { viewBox: "0 0 16 16", "aria-hidden": true }, h("path", { d: ARROWS[to] }));
    if (!href) return h("span", { className: "step off" }, picture);
    return h("a", { className: "step", href, title: word, "aria-label": word, onClick: (event) => page.follow(event, href) }, picture);
  }

  function When({ day, known }) {
    const { h } = page;
    if (!day) return null;
    const { text, weekday, missing, before, after, latest, words } = day;
    const one = (id) => h("a", { key: id, className: "quiet", href: known[id], "aria-current": known.chosen === id ? "true" : undefined, title: known.words[`known_${id}_about`], onClick: (event) => page.follow(event, known[id]) }, known.words[`known_${id}`]);
    return h("div", { className: "when" },
      h("div", { className: "when-day" }, h(Arrow, { href: before, word: words.day_before, to: "before" }),
        h("span", null, h("b", null, text), h("small", null, weekday)), h(Arrow, { href: after, word: words.day_after, to: "after" }),
        missing && h("span", { className: "value missing" }, missing), latest && h(page.Link, { href: latest, className: "quiet" }, words.latest)),
      known && h("div", { className: "known", role: "group", "aria-label": known.words.known }, one("now"), one("then"), known.at && h("span", { className: "known-at" }, known.at)));
  }

  // The pages that share a place of the navigation.
  function Room({ room, words }) {
    const { h } = page;
    if (!room.length) return null;
    const one = ({ name, href, here }) => h("a", { key: href, href, "aria-current": here ? "page" : undefined, onClick: (event) => page.follow(event, href) }, name);
    return h("nav", { className: "sheet-room", "aria-label": words.room }, room.map(one));
  }

  function Head({ head, words }) {
    const { h } = page, { path, above, room, title, about, day, known } = head;
    return h("header", { className: "sheet-head" },
      h("div", null, h(Path, { path, above, words }), h("h1", { tabIndex: -1 }, title), about && h("p", null, about), h(Room, { room, words })),
      h(When, { day, known }));
  }

  function Block({ block, words }) {
    const { h } = page, Kind = page.blocks[block.kind];
    return h("section", { id: block.id || undefined, className: `block of-${block.kind}`, style: { "--span": block.span, "--tall": block.tall || 1 }, "aria-label": block.title || undefined }, h(Kind, { block, words }));
  }

  // A column of blocks: what stands beside one tall block.
  page.blocks.group = ({ block, words }) => block.blocks.map((one, n) => page.h(Block, { key: one.id || n, block: one, words }));

  // Blocks of another place are others; a map stays and glides.
  const keyOf = ({ page: id, key }, block, n) => `${block.kind === "map" ? id : key} ${block.id || n}`;

  // Another page or place begins at its top; the way back leads to where one was.
  function useScroll(data) {
    const { useLayoutEffect, useRef } = page.React, was = useRef(null);
    useLayoutEffect(() => {
      const box = document.querySelector(".sheet-main"), here = location.pathname + location.search;
      if (!data || !box) return;
      if (popped) box.scrollTop = scrolled.get(here) || 0;
      else if (was.current !== null && was.current !== data.key) {
        box.scrollTop = 0;
        document.querySelector(".sheet-head h1").focus({ preventScroll: true });
      }
      was.current = data.key;
      popped = false;
      const note = () => scrolled.set(here, box.scrollTop);
      box.addEventListener("scroll", note, { passive: true });
      return () => box.removeEventListener("scroll", note);
    }, [data]);
  }

  // A page that is asked again while it is looked at, and is worked on for a moment or fails, stays as it was till then;
  // of the same page about something else the maps stay: who clicks on one sees it glide, and not go and come.
  function useSteady(data) {
    const ready = page.React.useRef(null), here = [location.pathname, ...[...new URLSearchParams(location.search)].sort()].join("&");
    const coming = data && data.blocks.length === 1 && data.blocks[0].instead, last = ready.current;
    if (coming && last && last.here === here) return last.data;
    if (coming && last && last.data.page === data.page) return { ...data, blocks: [...data.blocks, ...last.data.blocks.filter(({ kind }) => kind === "map")] };
    if (data && !coming) ready.current = { here, data };
    return data;
  }

  onescreen.Sheet = function Sheet({ id, data: told }) {
    const { h } = page, data = useSteady(told);
    useScroll(data);
    if (!data) return h("div", { id, className: "sheet" });
    return h("div", { id, className: "sheet", tabIndex: -1, "data-page": data.page },
      h(Head, { head: data.head, words: data.words }),
      h("div", { className: "blocks" }, data.blocks.map((block, n) => h(Block, { key: keyOf(data, block, n), block, words: data.words }))));
  };
})();
