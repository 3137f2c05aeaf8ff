// What can be taken from the page: files of what it shows, the map's picture, the link, reports with their progress.
(function () {
  "use strict";
  const page = window.onescreen.page;
  const ASK = 500; // milliseconds between questions after a report
  const reports = new Map(); // what was ordered stays when the menu is closed: key -> {job, state, done, steps, files}

  const list = async (shown) => {
    const answer = await fetch(`/export/menu/${shown}${page.query({ day: page.state().day })}`);
    return answer.ok ? answer.json() : null;
  };

  // Behind a proxy the server may think that it is somewhere else.
  const here = (href) => new URL(href, location.href).pathname;

  function save(name, href) {
    const link = document.body.appendChild(document.createElement("a"));
    Object.assign(link, { href, download: name });
    link.click();
    link.remove();
  }

  // the map's picture -------------------------------------------------------------------------------

  const text = (selector) => (document.querySelector(selector) || {}).textContent || "";

  // The picture with a band below it: what it shows, its classes, and as of when.
  function framed(map, done) {
    const scale = 2, style = getComputedStyle(document.documentElement);
    map.toBlob(async (blob) => {
      const picture = await createImageBitmap(blob), canvas = document.createElement("canvas"), u = scale * (window.devicePixelRatio || 1);
      const pen = canvas.getContext("2d"), colour = (name) => style.getPropertyValue(name).trim(), font = getComputedStyle(document.body).fontFamily;
      const write = (words, x, y, size, ink) => ((pen.font = `${size * u}px ${font}`), (pen.fillStyle = colour(ink)), pen.fillText(words, x, y), x + pen.measureText(words).width);
      canvas.width = picture.width;
      canvas.height = picture.height + 92 * u;
      pen.fillStyle = colour("--ground");
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0);
      const left = 20 * u, top = picture.height, where = [...document.querySelectorAll("#heading .path li")].map((one) => one.textContent).join(" › ");
      const after = write(text("#heading .layer b"), left, top + 30 * u, 18, "--ink");
      write([text("#heading .layer .unit"), where].filter(Boolean).join("  ·  "), after + 12 * u, top + 30 * u, 12, "--ink-2");
      swatches(pen, left, top + 46 * u, u, canvas.width, write);
      const when = [...document.querySelectorAll(".asof > *")].map((one) => one.textContent).concat([...document.querySelectorAll(".simulated")].map((one) => [...one.childNodes].map((part) => part.textContent).join(" ")), page.state().day || "", location.origin);
      write([...new Set(when.filter(Boolean))].join("  ·  "), left, top + 82 * u, 11, "--ink-3");
      canvas.toBlob(done, "image/png");
    }, { scale });
  }

  function swatches(pen, left, top, u, wide, write) {
    let x = left;
    for (const row of [...document.querySelectorAll("#legend tbody tr")].reverse()) {
      const box = row.querySelector("i"), label = row.querySelector("th").textContent;
      pen.font = `${11 * u}px sans-serif`;
      if (x + 36 * u + pen.measureText(label).width > wide) break;
      pen.fillStyle = getComputedStyle(box).backgroundColor;
      pen.fillRect(x, top, 14 * u, 12 * u);
      if (box.className === "swatch-missing") hatch(pen, x, top, u);
      x = write(label, x + 19 * u, top + 10 * u, 11, "--ink-2") + 14 * u;
    }
  }

  function hatch(pen, x, y, u) {
    pen.save();
    pen.beginPath();
    pen.rect(x, y, 14 * u, 12 * u);
    pen.clip();
    pen.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--hatch");
    pen.lineWidth = u;
    for (let step = -12; step < 14; step += 4) pen.stroke(new Path2D(`M${x + step * u} ${y + 12 * u}l${12 * u} ${-12 * u}`));
    pen.restore();
  }

  function picture() {
    const map = page.map(), name = [text("#heading .layer b"), page.state().area, page.state().day].filter(Boolean).join("_");
    framed(map, (blob) => {
      const href = URL.createObjectURL(blob);
      save(`${name}.png`, href);
      setTimeout(() => URL.revokeObjectURL(href), 60000);
    });
  }

  // reports -----------------------------------------------------------------------------------------

  function useReport(key, order) {
    const [, draw] = window.React.useState(0), told = reports.get(key);
    const tell = (state) => (reports.set(key, state), draw((n) => n + 1));
    const answered = async (answer) => {
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok) return tell({ state: "failed", why: said[document.documentElement.lang === "en" ? "en" : "zh"] });
      const before = reports.get(key);
      if (before && before.state === "cancelled") return;
      tell({ ...said, why: said[document.documentElement.lang === "en" ? "error_en" : "error_zh"] });
      if (said.state === "done") save(said.files[0].name, here(said.files[0].href));
    };
    const failed = () => tell({ state: "failed" });
    const start = () => {
      tell({ state: "waiting", done: 0, steps: 1 });
      fetch("/api/v1/reports", { method: "POST", headers: { "Content-Type": "application/json", ...page.csrf() }, body: JSON.stringify(order) }).then(answered, failed);
    };
    const cancel = () => {
      tell({ ...told, state: "cancelled" });
      if (told.href) fetch(here(told.href), { method: "DELETE", headers: page.csrf() }).catch(() => {});
    };
    const going = told && (told.state === "waiting" || told.state === "running");
    window.React.useEffect(() => {
      if (!going || !told.href) return;
      const timer = setTimeout(() => fetch(here(told.href), { cache: "no-store" }).then(answered, failed), ASK);
      return () => clearTimeout(timer);
    }, [told]);
    return { told, going, start, cancel };
  }

  function Report({ kind, format, order, words }) {
    const { h } = page, wanted = { ...order, kind: kind.id, formats: [format.id] };
    for (const name of Object.keys(wanted)) if (wanted[name] === null) delete wanted[name];
    const { told, going, start, cancel } = useReport(JSON.stringify([wanted, page.state().version]), wanted);
    const state = told ? told.state : "", label = `${kind.name} ${format.name}`;
    if (going)
      return h("span", { className: "making" },
        h("progress", { max: told.steps, value: told.state === "running" ? told.done + 0.3 : undefined, "aria-label": label }),
        h("button", { type: "button", className: "quiet", onClick: cancel, "aria-label": `${words.export_cancel} ${label}` }, words.export_cancel));
    if (state === "done") return h("a", { className: "made", href: here(told.files[0].href), download: told.files[0].name }, `✓ ${format.name}`);
    return h("button", { type: "button", onClick: start, className: state, "aria-label": label, title: state === "failed" ? told.why || words.export_failed : label },
      format.name, state === "failed" && h("small", null, ` ${words.export_failed}`), state === "cancelled" && h("small", null, ` ${words.export_cancelled}`));
  }

  function Reports({ menu }) {
    const { h } = page, { reports: kinds, formats, order, words } = menu;
    const row = (kind) =>
      h("div", { key: kind.id, className: "report", role: "group", "aria-label": kind.name },
        h("span", null, kind.name), formats.map((format) => h(Report, { key: format.id, kind, format, order, words })));
    return h("section", null, h("h3", null, words.export_report), kinds.map(row));
  }

  // the menu ----------------------------------------------------------------------------------------

  function Link({ words }) {
    const [done, setDone] = window.React.useState(false);
    return page.h("button", { type: "button", onClick: () => page.copy(page.lasting()).then(() => setDone(true)), "aria-live": "polite" }, done ? words.shared : words.share);
  }

  function Body({ menu }) {
    const { h } = page, { files, words } = menu;
    return [
      h("p", { key: "about", className: "what" }, menu.about),
      files.length > 0 && h("section", { key: "data" }, h("h3", null, words.export_data),
        h("div", { className: "files" }, files.map(({ id, name, href }) => h("a", { key: id, href, download: "" }, name)))),
      h("section", { key: "see" }, h("h3", null, words.export_link),
        h("div", { className: "files" }, menu.picture && h("button", { type: "button", title: words.export_picture_about, onClick: picture }, words.export_picture), h(Link, { words }))),
      menu.reports.length > 0 && h(Reports, { key: "reports", menu }),
    ];
  }

  page.ExportMenu = function ExportMenu({ here: shown, close }) {
    const { useState, useRef, useEffect } = window.React, { h } = page;
    const [menu, setMenu] = useState(null), box = useRef(null);
    useEffect(() => {
      let gone = false;
      list(shown).then((found) => !gone && setMenu(found), close);
      const outside = (event) => box.current && !box.current.parentNode.contains(event.target) && close();
      const key = (event) => event.key === "Escape" && close();
      document.addEventListener("pointerdown", outside);
      document.addEventListener("keydown", key);
      return () => ((gone = true), document.removeEventListener("pointerdown", outside), document.removeEventListener("keydown", key));
    }, [shown]);
    useEffect(() => {
      const first = menu && box.current.querySelector("a, button");
      if (first) first.focus();
    }, [menu]);
    return h("div", { className: "export-menu", role: "dialog", ref: box, "aria-busy": !menu, "aria-label": menu ? menu.about : undefined }, menu && h(Body, { menu }));
  };
})();
