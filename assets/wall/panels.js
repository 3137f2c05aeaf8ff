// One function a kind of panel: panels[kind](pen, panel). A pen draws into one box: {box: parent element, w, h, em, words, changed}.
(function () {
  "use strict";
  const wall = (window.onescreen.wall = window.onescreen.wall || {});
  const { width, element, place, text, pick, fill, figure } = wall.base;
  const SVG = "http://www.w3.org/2000/svg";
  const ROW = 1.72; // ems from one row of a list to the next
  const CAP = 1.9; // ems that a panel's caption takes
  const ARROWS = { up: "↑", down: "↓", flat: "→", none: "" };

  // The caption: title to the left, as-of to the right (or under it); a late source stands in a hatched mark.
  // Returns the height it took.
  function caption(pen, panel) {
    const { box, w, em } = pen, asof = panel.asof || { text: "" }, short = (asof.text || "").split(" · ")[0];
    const late = asof.word ? width(asof.word, em) + em : 0;
    const right = w - (late ? late + em * 0.6 : 0);
    const titles = [panel.title || "", panel.short || ""].filter(Boolean);
    const tries = [];
    for (const title of titles.length ? titles : [""]) for (const words of [asof.text, short]) tries.push([title, words]);
    const found = tries.find(([title, words]) => width(title, em, true) + (title ? em : 0) + width(words, em) <= right);
    const [title, words] = found || [pick(titles.length ? titles : [""], w, em, true), pick([asof.text, short], right, em)];
    if (title) text(box, title, 0, 0, { px: em, strong: true, tone: "soft" });
    const y = found ? 0 : em * 1.4;
    if (words) text(box, words, right, y, { px: em, tone: "quiet asof", right: true, data: { of: "clock" } });
    if (late) {
      place(element("div", `late-ground ${asof.state}`, box), w - late, y - em * 0.22, late, em * 1.44);
      text(box, asof.word, w - late + em / 2, y, { px: em, tone: "late", data: { of: "clock" } });
    }
    return em * (CAP + (found ? 0 : 1.4));
  }

  // ---- key figures ----

  const changeWords = (pen, one) => {
    if (!one.change) return [""];
    const arrow = ARROWS[one.direction] || "", said = `${arrow}${arrow ? " " : ""}${one.change}`;
    return [`${said}  ${pen.words.compared}`, `${said} ${pen.words.compared_short}`, said, ""];
  };
  const toneOf = (one) => ({ bad: "bad", good: "good" })[one.goodness] || "quiet";

  // The largest size at which a figure with its unit fits.
  function sizeOf(number, room, tall, em, least) {
    const unit = number.unit ? width(number.unit, em) + em * 0.3 : 0;
    const byWidth = (room - unit) / (width(number.text, 100) / 100);
    return Math.floor(Math.max(least, Math.min(tall, byWidth)));
  }

  function lead(pen, panel) {
    const { box, w, h, em } = pen, [one] = panel.figures;
    const top = caption({ ...pen }, { ...panel, title: one.name });
    const least = 2 * pen.least, room = h - top - em * 2;
    const px = sizeOf(one.number, w, Math.min(room, em * 9), em * 1.2, least);
    const y = top + Math.max(0, (room - px) * 0.25);
    figure(box, one.number, 0, y, { px, unitPx: Math.round(em * 1.2), changed: pen.changed(panel, one.number) });
    const words = pick(changeWords(pen, one), w, em * 1.1);
    if (words) text(box, words, 0, y + px * 1.08 + em * 0.35, { px: Math.round(em * 1.1), tone: toneOf(one), data: { of: "change" } });
  }

  // How many columns a grid of figures has: as square as it may be, no narrower than a figure needs.
  function gridOf(count, w, h, em, least) {
    const widest = Math.max(1, Math.floor(w / (em * 8.5)));
    let best = null;
    for (let columns = 1; columns <= Math.min(widest, count); columns++) {
      const rows = Math.ceil(count / columns), tall = h / rows;
      const lines = tall >= least + em * 3.1 ? 3 : tall >= least + em * 1.7 ? 2 : 0;
      const score = lines * 100 - Math.abs(w / columns / tall - 2.2) * 4 - (rows * columns - count) * 6;
      if (lines && (!best || score > best.score)) best = { columns, rows, tall, lines, score };
    }
    return best;
  }

  function figures(pen, panel) {
    const { box, w, h, em } = pen, top = caption(pen, panel), least = Math.round(2 * pen.least);
    let shown = panel.figures, grid = null;
    while (shown.length && !(grid = gridOf(shown.length, w, h - top, em, least))) shown = shown.slice(0, -1);
    if (!grid) return;
    const wide = w / grid.columns;
    const tall = Math.min(grid.tall, em * 9), room = wide - em * 0.8;
    const most = tall - em * (grid.lines === 3 ? 2.9 : 1.6);
    const px = Math.min(...shown.map((one) => sizeOf(one.number, room, Math.min(most, em * 3.4), em, least)));
    shown.forEach((one, n) => {
      const x = (n % grid.columns) * wide, y = top + Math.floor(n / grid.columns) * tall;
      const glyph = one.glyph ? width(`${one.glyph} `, em) : 0;
      if (glyph) text(box, one.glyph, x, y, { px: em, tone: `glyph ${one.tone}` });
      text(box, pick([one.day ? `${one.name} · ${one.day}` : one.name, one.name], room - glyph, em), x + glyph, y, { px: em, tone: "quiet", data: { of: "clock" } });
      const fits = width(one.number.text, px) + em * 0.3 + width(one.number.unit || "", em) <= room;
      figure(box, one.number, x, y + em * 1.35, { px, unitPx: em, unit: fits, changed: pen.changed(panel, one.number) });
      if (grid.lines < 3) return;
      const under = y + em * 1.35 + px * 1.12 + em * 0.1;
      if (one.share) return void share(pen, one, x, under, room);
      const words = pick(changeWords(pen, one), room, em);
      if (words && !words.endsWith("…")) text(box, words, x, under, { px: em, tone: toneOf(one), data: { of: "change" } });
    });
  }

  function share(pen, one, x, y, room) {
    const { box, em } = pen, wide = figure(box, one.share, x, y, { px: em, unitPx: em, tone: "soft" });
    const words = pick(changeWords(pen, one), room - wide - em, em);
    if (words && !words.endsWith("…")) text(box, words, x + wide + em, y, { px: em, tone: toneOf(one), data: { of: "change" } });
  }

  // ---- lists ----

  // Splits a box into columns that are wide enough, and says how many rows each holds.
  function columnsOf(w, h, em, least, count) {
    const fit = Math.max(1, Math.floor((h + em * 0.4) / (em * ROW)));
    const columns = count > fit ? Math.max(1, Math.min(Math.floor(w / (em * least)), Math.ceil(count / fit))) : 1;
    const gap = em * 2;
    return { columns, fit, wide: (w - gap * (columns - 1)) / columns, gap };
  }

  const widestOf = (rows, of, px) => rows.reduce((most, row) => Math.max(most, width(of(row), px)), 0);

  function none(pen, panel, top) {
    if (panel.none) text(pen.box, pick([panel.none], pen.w, pen.em), 0, top, { px: pen.em, tone: "quiet" });
  }

  function ranking(pen, panel) {
    const { box, w, h, em } = pen, { heads, rows } = panel;
    const head = heads[0] || { name: "", unit: "" }, about = [head.name, head.unit].filter(Boolean).join(" ");
    const top = caption(pen, { ...panel, title: panel.title, short: panel.short }) ;
    const line = heads.length > 1 && w > em * 30 ? 2 : 1;
    text(box, pick([about, head.name], w, em), 0, top - em * 0.25, { px: em, tone: "quiet" });
    const from = top + em * 1.45;
    if (!rows.length) return none(pen, panel, from);
    const grid = columnsOf(w, h - from, em, 19, rows.length), shown = rows.slice(0, grid.fit * grid.columns);
    const first = widestOf(shown, (row) => row.numbers[0].text, em);
    const second = line === 2 && grid.wide > em * 24 ? widestOf(shown, (row) => row.numbers[1].text, em) : 0;
    const name = Math.min(widestOf(shown, (row) => row.name, em), grid.wide - first - (second ? second + em : 0) - em);
    const bar = grid.wide - name - first - (second ? second + em : 0) - em * 1.6;
    shown.forEach((row, n) => {
      const x = Math.floor(n / grid.fit) * (grid.wide + grid.gap), y = from + (n % grid.fit) * em * ROW;
      text(box, pick([row.name], name, em), x, y, { px: em });
      if (bar > em * 2) {
        place(element("div", "bar track", box), x + name + em * 0.8, y + em * 0.34, bar, em * 0.4);
        place(element("div", `bar ${row.tone || ""}`, box), x + name + em * 0.8, y + em * 0.34, Math.max(row.share * bar, 2), em * 0.4);
      }
      const end = x + grid.wide;
      if (second) figure(box, row.numbers[1], end, y, { px: em, unitPx: em, right: true, unit: false, tone: "soft" });
      figure(box, row.numbers[0], end - (second ? second + em : 0), y, { px: em, unitPx: em, right: true, unit: false, changed: pen.changed(panel, row.numbers[0]) });
    });
  }

  function shares(pen, panel) {
    const { box, w, h, em } = pen, { heads, rows } = panel, top = caption(pen, panel), from = top + em * 1.45;
    if (!rows.length) return none(pen, panel, top);
    const grid = columnsOf(w, h - from, em, 24, rows.length), shown = rows.slice(0, grid.fit * grid.columns);
    const wides = heads.map((head, k) => Math.max(widestOf(shown, (row) => row.numbers[k].text, em), width(`${head.glyph} ${head.name}`, em)));
    const numbers = wides.reduce((sum, wide) => sum + wide + em * 0.9, 0);
    const name = Math.min(widestOf(shown, (row) => row.name, em), grid.wide - numbers);
    const bar = grid.wide - name - numbers - em * 0.8;
    const ends = wides.map((_, k) => grid.wide - wides.slice(k + 1).reduce((sum, wide) => sum + wide + em * 0.9, 0));
    for (let column = 0; column < Math.ceil(shown.length / grid.fit); column++) {
      heads.forEach((head, k) => {
        const right = column * (grid.wide + grid.gap) + ends[k], wide = text(box, head.name, right, top - em * 0.25, { px: em, tone: "quiet", right: true });
        text(box, head.glyph, right - wide - em * 0.25, top - em * 0.25, { px: em, tone: `glyph ${head.tone}`, right: true });
      });
    }
    shown.forEach((row, n) => {
      const x = Math.floor(n / grid.fit) * (grid.wide + grid.gap), y = from + (n % grid.fit) * em * ROW;
      text(box, pick([row.name], name, em), x, y, { px: em });
      if (bar > em * 2) stacked(box, row.parts, x + name + em * 0.8, y + em * 0.28, bar - em * 0.4, em * 0.5);
      row.numbers.forEach((number, k) => figure(box, number, x + ends[k], y, { px: em, unitPx: em, right: true, unit: false, changed: pen.changed(panel, number) }));
    });
  }

  function stacked(box, parts, x, y, w, h) {
    let from = x;
    for (const part of parts) {
      const wide = part.share * w;
      if (wide >= 1) place(element("div", `bar ${part.tone}`, box), from, y, wide, h);
      from += wide;
    }
  }

  function listing(pen, panel) {
    const { box, w, h, em } = pen;
    let top = caption(pen, panel);
    if (panel.figures) top = counts(pen, panel, top);
    if (!panel.rows.length) return none(pen, panel, top);
    const grid = columnsOf(w, h - top, em, 24, panel.rows.length), shown = panel.rows.slice(0, grid.fit * grid.columns);
    const glyph = width("■ ", em), last = widestOf(shown, (row) => (row.number ? row.number.text : ""), em);
    const room = grid.wide - glyph - last - em;
    const name = Math.min(widestOf(shown, (row) => row.name, em), room), where = room - name - em;
    shown.forEach((row, n) => {
      const x = Math.floor(n / grid.fit) * (grid.wide + grid.gap), y = top + (n % grid.fit) * em * ROW;
      text(box, row.glyph, x, y, { px: em, tone: `glyph ${row.tone}` });
      text(box, pick([row.name], name, em), x + glyph, y, { px: em, data: { of: "name" } });
      if (row.where && where > em * 5) {
        const words = pick([row.where, row.where.split(" ")[0]], where, em);
        if (!words.endsWith("…")) text(box, words, x + glyph + name + em, y, { px: em, tone: "quiet", data: { of: "name" } });
      }
      if (row.number) figure(box, row.number, x + grid.wide, y, { px: em, unitPx: em, right: true, unit: false, tone: "soft" });
    });
  }

  // A few counts in one line under the caption.
  function counts(pen, panel, top) {
    const { box, w, em } = pen, px = Math.round(2 * pen.least);
    let x = 0;
    for (const one of panel.figures) {
      const wide = Math.max(width(one.name, em), width(one.number.text, px) + em * 0.3 + width(one.number.unit || "", em));
      if (x + wide > w) break;
      text(box, one.name, x, top, { px: em, tone: "quiet" });
      figure(box, one.number, x, top + em * 1.35, { px, unitPx: em });
      x += wide + em * 2;
    }
    return top + em * 1.9 + px * 1.25;
  }

  function sources(pen, panel) {
    const { box, w, h, em } = pen, top = caption(pen, panel), rows = panel.rows;
    const grid = columnsOf(w, h - top, em, 40, rows.length), shown = rows.slice(0, grid.fit * grid.columns);
    const glyphs = { fresh: "●", warn: "▲", error: "■", none: "○" };
    const wides = ["word", "newest", "received"].map((key) => widestOf(shown, (row) => row[key] || "", em));
    const glyph = width("■ ", em);
    const keys = ["word", "newest", "received"].filter((_, k) => true);
    let room = grid.wide - glyph, used = [];
    for (const [k, key] of keys.entries()) {
      const name = widestOf(shown, (row) => row.name, em);
      const need = used.reduce((sum, n) => sum + wides[n] + em * 1.2, 0) + wides[k] + em * 1.2;
      if (need + Math.min(name, em * 6) <= room) used.push(k);
    }
    const taken = used.reduce((sum, k) => sum + wides[k] + em * 1.2, 0), name = room - taken;
    shown.forEach((row, n) => {
      const x = Math.floor(n / grid.fit) * (grid.wide + grid.gap), y = top + (n % grid.fit) * em * ROW;
      text(box, glyphs[row.state], x, y, { px: em, tone: `glyph ${row.state === "none" ? "note" : row.state}` });
      text(box, pick([row.name], name, em), x + glyph, y, { px: em, data: { of: "name" } });
      let right = x + grid.wide;
      for (const k of [...used].reverse()) {
        const words = row[keys[k]] || "";
        if (words) text(box, words, right, y, { px: em, right: true, tone: k === 0 ? (row.state === "error" ? "bad" : row.state === "warn" ? "mark" : "soft") : "quiet", data: { of: "clock" } });
        right -= wides[k] + em * 1.2;
      }
    });
  }

  // ---- pictures ----

  function drawn(name, attributes, parent) {
    const made = document.createElementNS(SVG, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (parent) parent.appendChild(made);
    return made;
  }
  const known = (value) => value !== null && value !== undefined;

  function canvasOf(pen, x, y, w, h) {
    const svg = drawn("svg", { width: Math.max(w, 1), height: Math.max(h, 1), class: "wall-svg" }, pen.box);
    place(svg, x, y, Math.max(w, 1), Math.max(h, 1));
    const pattern = drawn("pattern", { id: "wall-gap", width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, drawn("defs", {}, svg));
    drawn("rect", { width: 2, height: 8, fill: "#2b373d" }, pattern);
    return svg;
  }

  const barsPath = (values, step, y, zero, wide) =>
    values.map((value, n) => (known(value) && value !== 0 ? `M${(n * step + (step - wide) / 2).toFixed(1)} ${Math.min(y(value), zero).toFixed(1)}h${wide.toFixed(1)}V${Math.max(y(value), zero).toFixed(1)}h${(-wide).toFixed(1)}Z` : "")).join("");

  function linePath(values, step, y) {
    let path = "", open = false;
    values.forEach((value, n) => {
      if (!known(value)) return void (open = false);
      path += `${open ? "L" : "M"}${((n + 0.5) * step).toFixed(1)} ${y(value).toFixed(1)}`;
      open = true;
    });
    return path;
  }

  const gapsPath = (states, step, h) => states.map((state, n) => (state === "missing" ? `M${(n * step).toFixed(1)} 0h${step.toFixed(1)}V${h}h${(-step).toFixed(1)}Z` : "")).join("");

  function scaleOf(values, h) {
    const all = values.filter(known), high = Math.max(0, ...all), low = Math.min(0, ...all), reach = high - low || 1;
    return (value) => ((high - value) / reach) * h;
  }

  function axis(pen, ticks, count, x0, step, y) {
    let free = -Infinity;
    for (const [n, words] of ticks) {
      const wide = width(words, pen.em), x = Math.min(Math.max(x0 + (n + 0.5) * step - wide / 2, 0), pen.w - wide);
      if (x < free) continue;
      text(pen.box, words, x, y, { px: pen.em, tone: "quiet", data: { of: "clock" } });
      free = x + wide + pen.em;
    }
  }

  function curve(pen, panel) {
    const { box, w, h, em } = pen, top = caption(pen, panel);
    const from = top + em * 1.5, tall = h - from - em * 1.6;
    if (tall < em * 2) return;
    const { values, states, mean, form } = panel, step = w / values.length, y = scaleOf(values.concat(mean || []), tall);
    const svg = canvasOf(pen, 0, from, w, tall), zero = y(0);
    drawn("path", { class: "gap", d: gapsPath(states, step, tall) }, svg);
    if (form === "bars") {
      const last = values.map((value, n) => (n === values.length - 1 ? value : null));
      drawn("path", { class: "bars", d: barsPath(values.slice(0, -1), step, y, zero, step * 0.68) }, svg);
      drawn("path", { class: "now", d: barsPath(last, step, y, zero, step * 0.68) }, svg);
      drawn("path", { class: "mean", d: linePath(mean, step, y), "stroke-width": Math.max(2, em * 0.09) }, svg);
    } else drawn("path", { class: "mean", d: linePath(values, step, y), "stroke-width": Math.max(2, em * 0.11) }, svg);
    drawn("line", { class: "base", x1: 0, x2: w, y1: zero, y2: zero, "stroke-width": Math.max(1, em * 0.05) }, svg);
    axis(pen, panel.ticks, values.length, 0, step, from + tall + em * 0.5);
    if (!panel.peak) return;
    // The highest day says its number above itself, the last one too where there is room beside it.
    const words = `${panel.peak.text} ${panel.peak.unit || ""}`.trim(), day = fill(pen.words.curve_peak, { day: panel.peak_day });
    const whole = width(panel.peak.text, em) + em * 0.6 + width(day, em);
    const x = Math.min(Math.max((panel.peak_at + 0.5) * step - whole / 2, 0), w - whole);
    if (whole <= w && words) {
      const wide = figure(box, panel.peak, x, top, { px: em, unitPx: em, unit: false, tone: "soft" });
      text(box, day, x + wide + em * 0.6, top, { px: em, tone: "quiet", data: { of: "clock" } });
    }
  }

  // ---- the time line of a replay ----

  function timeline(pen, panel) {
    const { box, w, h, em } = pen, top = caption(pen, panel), days = panel.days;
    const large = Math.round(Math.min(em * 3.2, Math.max(2 * pen.least, h * 0.22)));
    const names = days.map(({ day, weekday }) => `${day} ${weekday}`);
    const side = h > em * 11 || w < em * 40 ? 0 : Math.max(...names.map((name) => width(name, large))) + em * 2.5;
    const day = element("span", "t figure", box);
    Object.assign(day.dataset, { of: "clock" });
    const knownAs = element("span", "t mark", box), value = element("span", "t soft figure", box);
    const y0 = side ? top + em * 0.3 : top;
    const set = (node, words, x, y, px) => {
      node.textContent = words;
      node.style.fontSize = `${px}px`;
      place(node, x, y, width(words, px), px);
    };
    const from = side ? top + em * 1.6 : y0 + large + em * 2.8, x0 = side, wide = w - x0, tall = h - from - em * 1.6;
    const step = wide / days.length, values = panel.numbers.map((number) => number.value), y = scaleOf(values, tall);
    let svg = null, cursor = null;
    if (tall > em) {
      svg = canvasOf(pen, x0, from, wide, tall);
      cursor = drawn("rect", { class: "cursor", y: 0, height: tall, width: step }, svg);
      drawn("path", { class: "gap", d: gapsPath(panel.numbers.map((number) => number.state), step, tall) }, svg);
      drawn("path", { class: "bars", d: barsPath(values, step, y, y(0), step * 0.66) }, svg);
      drawn("line", { class: "base", x1: 0, x2: wide, y1: y(0), y2: y(0), "stroke-width": Math.max(1, em * 0.05) }, svg);
      axis(pen, panel.ticks, days.length, x0, step, from + tall + em * 0.5);
      marks(pen, panel, x0, step, from);
    }
    return {
      // Shows day n of the replay, as known now or then.
      day(n, as) {
        const number = panel.numbers[n];
        set(day, pick([names[n], days[n].day], w, large), 0, y0, large);
        const room = side ? side - em : w;
        const under = y0 + large * 1.18 + em * 0.2;
        set(knownAs, panel.known[as], 0, under, em);
        const words = `${panel.measure} ${number.text}`, left = width(panel.known[as], em) + em;
        const fits = pick([words, number.text], room - left, em);
        Object.assign(value.dataset, wall.base.about(number));
        set(value, fits.endsWith("…") ? "" : fits, left, under, em);
        if (cursor) cursor.setAttribute("x", n * step);
      },
    };
  }

  // Where zones began: a mark above the day, and how many, where there is room.
  function marks(pen, panel, x0, step, y) {
    const { box, em } = pen;
    let free = x0;
    const size = Math.round(em * 0.5);
    for (const { at, number } of panel.marks) {
      const x = x0 + (at + 0.5) * step, wide = width(number.text, em);
      place(element("div", "bar", box), x - size / 2, y - size * 1.1, size, size).style.background = "var(--lockdown)";
      void wide;
      void free;
    }
  }

  function line(pen, panel) {
    const { box, w, h, em } = pen, words = panel.error || panel.line || "";
    if (words) wrapped(box, words, w, h, em, panel.error ? "quiet" : "soft");
  }

  // A sentence over as many lines as it needs, in the middle; words are cut at spaces, or anywhere in Chinese.
  function wrapped(box, words, w, h, px, tone) {
    const lines = [];
    let rest = words;
    while (rest && lines.length < 8) {
      let end = rest.length;
      while (end > 1 && width(rest.slice(0, end), px) > w) end--;
      const space = end < rest.length ? rest.lastIndexOf(" ", end) : -1;
      if (space > 0 && /[a-z]/i.test(rest[end] || "")) end = space;
      lines.push(rest.slice(0, end).trim());
      rest = rest.slice(end).trim();
    }
    const top = (h - lines.length * px * 1.6) / 2;
    lines.forEach((one, n) => text(box, one, (w - width(one, px)) / 2, top + n * px * 1.6, { px, tone }));
  }

  wall.panels = { lead, figures, ranking, shares, listing, sources, curve, timeline, line };
  wall.caption = caption;
  wall.wrapped = wrapped;
})();
