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
    if (title) text(box, title, 0, 0, { px: em, strong: true, tone: "soft", data: { of: "name" } });
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
    const least = 2 * pen.least, room = (h - top - em * 1.6) / 1.08;
    const px = sizeOf(one.number, w, Math.min(room, em * 9), em * 1.2, least);
    const y = top + Math.max(0, (room - px) * 0.25);
    figure(box, one.number, 0, y, { px, unitPx: Math.round(em * 1.2), changed: pen.changed(panel, one.number) });
    const words = pick(changeWords(pen, one), w, em * 1.1);
    if (words) text(box, words, 0, y + px * 1.08 + em * 0.35, { px: Math.round(em * 1.1), tone: toneOf(one), data: { of: "change" } });
  }

  // How a number of figures stands in w x h: columns, and how much of each is said. Three lines: name, figure, change;
  // two: the change stands behind the name.
  function gridOf(count, w, h, em, least) {
    let best = null;
    for (let columns = 1; columns <= count; columns++) {
      const rows = Math.ceil(count / columns), tall = h / rows, wide = w / columns;
      const lines = tall >= least * 1.15 + em * 3.4 ? 3 : tall >= least * 1.15 + em * 1.9 ? 2 : 0;
      if (!lines || (columns > 1 && wide < em * 8.5)) continue;
      const score = lines * 2 - Math.abs(Math.log(wide / tall / 2)) - (rows * columns - count) * 0.4;
      if (!best || score > best.score) best = { columns, rows, tall, lines, score };
    }
    return best;
  }

  // The figures shared out over the boxes of a panel: [[box, w, h, top, figures]].
  function shareOut(pen, panel, top) {
    const { em } = pen, least = Math.round(2 * pen.least);
    const rooms = pen.rooms.map((room) => ({ ...room, top: room.y > pen.rooms[0].y ? 0 : top })).filter((room) => gridOf(1, room.w, room.h - room.top, em, least));
    const all = panel.figures.slice(), parts = [];
    rooms.forEach((room, n) => {
      let want = Math.ceil(all.length / (rooms.length - n)), grid = null;
      while (want && !(grid = gridOf(want, room.w, room.h - room.top, em, least))) want--;
      if (want) parts.push({ room, grid, shown: all.splice(0, want) });
    });
    return parts;
  }

  function figures(pen, panel) {
    const top = caption(pen, panel), parts = shareOut(pen, panel, top);
    const em = pen.em, least = Math.round(2 * pen.least);
    const sizes = parts.flatMap(({ room, grid, shown }) =>
      shown.map((one) => sizeOf(one.number, room.w / grid.columns - em, Math.min(grid.tall - em * (grid.lines === 3 ? 3.2 : 1.8), em * 3.6) / 1.15, em, least)));
    const px = Math.min(...sizes);
    for (const { room, grid, shown } of parts) {
      const wide = room.w / grid.columns, tall = Math.min(grid.tall, px * 1.15 + em * (grid.lines === 3 ? 4.2 : 3));
      shown.forEach((one, n) => oneFigure(pen, panel, one, room.box, (n % grid.columns) * wide, room.top + Math.floor(n / grid.columns) * tall, wide - em, px, grid.lines));
    }
  }

  function oneFigure(pen, panel, one, box, x, y, room, px, lines) {
    const { em } = pen, glyph = one.glyph ? width(one.glyph, em) + em * 0.3 : 0;
    if (glyph) text(box, one.glyph, x, y, { px: em, tone: `glyph ${one.tone}` });
    const name = text(box, pick([one.day ? `${one.name} · ${one.day}` : one.name, one.name], room - glyph, em), x + glyph, y, { px: em, tone: "quiet", data: { of: "name" } });
    const fits = width(one.number.text, px) + em * 0.3 + width(one.number.unit || "", em) <= room;
    figure(box, one.number, x, y + em * 1.4, { px, unitPx: em, unit: fits, changed: pen.changed(panel, one.number) });
    const under = y + em * 1.4 + px * 1.15 + em * 0.15;
    if (lines < 3) {
      const words = changeWords(pen, one).slice(-2)[0];
      if (words && width(words, em) <= room - glyph - name - em) text(box, words, x + room, y, { px: em, tone: toneOf(one), right: true, data: { of: "change" } });
      return;
    }
    if (one.share) return void share({ ...pen, box }, one, x, under, room);
    const words = pick(changeWords(pen, one), room, em);
    if (words && !words.endsWith("…")) text(box, words, x, under, { px: em, tone: toneOf(one), data: { of: "change" } });
  }

  function share(pen, one, x, y, room) {
    const { box, em } = pen, wide = figure(box, one.share, x, y, { px: em, unitPx: em, tone: "soft" });
    const words = pick(changeWords(pen, one), room - wide - em, em);
    if (words && !words.endsWith("…")) text(box, words, x + wide + em, y, { px: em, tone: toneOf(one), data: { of: "change" } });
  }

  // ---- lists ----

  // Where the rows of a list stand: down a column, then the next column, then the next box (a bezel cuts a panel into
  // boxes). All columns are equally wide, at least `least` ems where there is room for that.
  function slots(pen, top, least, count) {
    const { em } = pen, gap = em * 2, found = [];
    const rows = (room, first) => Math.max(0, Math.floor((room.h - first + em * 0.5) / (em * ROW)));
    const rooms = pen.rooms.map((room, n) => ({ ...room, first: n && pen.rooms[n].y > pen.rooms[0].y ? 0 : top }));
    const single = rooms.reduce((sum, room) => sum + rows(room, room.first), 0);
    const narrowest = Math.min(...rooms.map((room) => room.w));
    const most = Math.max(1, Math.floor((narrowest + gap) / (em * least + gap)));
    const columns = count > single ? Math.min(most, Math.ceil(count / Math.max(single, 1))) : 1;
    const wide = (narrowest - gap * (columns - 1)) / columns;
    for (const room of rooms) {
      const fit = rows(room, room.first), used = columns > 1 && rooms.length === 1 ? Math.min(fit, Math.ceil(count / columns)) : fit;
      for (let column = 0; column < columns; column++) {
        for (let n = 0; n < used && found.length < count; n++) found.push({ box: room.box, x: column * (wide + gap), y: room.first + n * em * ROW, head: n === 0 });
      }
    }
    return { found, wide };
  }

  // Says behind the title how many rows of how many are shown, where not all are.
  function partly({ box, w, em }, panel, shown) {
    const all = panel.total || panel.rows.length, words = `${shown} / ${all}`, x = width(panel.title || "", em, true) + em * 0.7;
    const taken = width((panel.asof && panel.asof.text) || "", em) + em;
    if (shown < all && x + width(words, em) + taken <= w) text(box, words, x, 0, { px: em, tone: "quiet", data: { of: "rows" } });
  }

  const widestOf = (rows, of, px) => rows.reduce((most, row) => Math.max(most, width(of(row), px)), 0);

  function none(pen, panel, top) {
    if (panel.none) text(pen.box, pick([panel.none], pen.w, pen.em), 0, top, { px: pen.em, tone: "quiet" });
  }

  function ranking(pen, panel) {
    const { box, w, em } = pen, { heads, rows } = panel;
    const head = heads[0] || { name: "", unit: "" }, about = [head.name, head.unit].filter(Boolean).join(" ");
    const top = caption(pen, panel);
    text(box, pick([about, head.name], w, em), 0, top - em * 0.25, { px: em, tone: "quiet", data: { of: "name" } });
    const from = top + em * 1.45;
    if (!rows.length) return none(pen, panel, from);
    const { found, wide } = slots(pen, from, 17, rows.length), shown = rows.slice(0, found.length);
    partly(pen, panel, found.length);
    const first = widestOf(shown, (row) => row.numbers[0].text, em);
    const name = Math.min(widestOf(shown, (row) => row.name, em), wide - first - em);
    const bar = wide - name - first - em * 1.6;
    shown.forEach((row, n) => {
      const { box: into, x, y } = found[n];
      text(into, pick([row.name], name, em), x, y, { px: em, data: { of: "name" } });
      if (bar > em * 2) {
        const left = x + name + em * 0.8, told = known(row.numbers[0].value);
        place(element("div", `bar track ${told ? "" : "untold"}`, into), left, y + em * 0.34, bar, em * 0.4);
        if (told && row.share > 0) place(element("div", `bar ${row.tone || ""}`, into), left, y + em * 0.34, Math.max(row.share * bar, 2), em * 0.4);
      }
      figure(into, row.numbers[0], x + wide, y, { px: em, unitPx: em, right: true, unit: false, changed: pen.changed(panel, row.numbers[0]) });
    });
  }

  function shares(pen, panel) {
    const { em } = pen, { heads, rows } = panel, top = caption(pen, panel), from = top + em * 1.45;
    if (!rows.length) return none(pen, panel, top);
    const { found, wide } = slots(pen, from, 20, rows.length), shown = rows.slice(0, found.length);
    partly(pen, panel, found.length);
    const wides = heads.map((head, k) => Math.max(widestOf(shown, (row) => row.numbers[k].text, em), width(`${head.glyph} ${head.name}`, em)));
    const numbers = wides.reduce((sum, one) => sum + one + em * 0.9, 0);
    const name = Math.min(widestOf(shown, (row) => row.name, em), wide - numbers);
    const bar = wide - name - numbers - em * 0.8;
    const ends = wides.map((_, k) => wide - wides.slice(k + 1).reduce((sum, one) => sum + one + em * 0.9, 0));
    shown.forEach((row, n) => {
      const { box: into, x, y, head: first } = found[n];
      if (first && y >= from) {
        heads.forEach((head, k) => {
          const right = x + ends[k], said = text(into, head.name, right, y - em * 1.7, { px: em, tone: "quiet", right: true });
          text(into, head.glyph, right - said - em * 0.25, y - em * 1.7, { px: em, tone: `glyph ${head.tone}`, right: true });
        });
      }
      text(into, pick([row.name], name, em), x, y, { px: em, data: { of: "name" } });
      if (bar > em * 2) stacked(into, row.parts, x + name + em * 0.8, y + em * 0.28, bar - em * 0.4, em * 0.5);
      row.numbers.forEach((number, k) => figure(into, number, x + ends[k], y, { px: em, unitPx: em, right: true, unit: false, changed: pen.changed(panel, number) }));
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
    const { em } = pen;
    let top = caption(pen, panel);
    if (panel.figures) top = counts(pen, panel, top);
    if (!panel.rows.length) return none(pen, panel, top);
    const { found, wide } = slots(pen, top, 22, panel.rows.length), shown = panel.rows.slice(0, found.length);
    partly(pen, panel, found.length);
    const glyph = width("■", em) + em * 0.3, last = widestOf(shown, (row) => (row.number ? row.number.text : ""), em);
    const room = wide - glyph - last - em;
    const name = Math.min(widestOf(shown, (row) => row.name, em), room), where = room - name - em;
    shown.forEach((row, n) => {
      const { box: into, x, y } = found[n];
      text(into, row.glyph, x, y, { px: em, tone: `glyph ${row.tone}` });
      text(into, pick([row.name], name, em), x + glyph, y, { px: em, data: { of: "name" } });
      if (row.where && where > em * 4) {
        const words = pick([row.where, row.where.split(" ")[0]], where, em);
        if (!words.endsWith("…")) text(into, words, x + glyph + name + em, y, { px: em, tone: "quiet", data: { of: "name" } });
      }
      if (row.number) figure(into, row.number, x + wide, y, { px: em, unitPx: em, right: true, unit: false, tone: "soft" });
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
    const { em } = pen, top = caption(pen, panel), { rows } = panel;
    const { found, wide } = slots(pen, top, 32, rows.length), shown = rows.slice(0, found.length);
    partly(pen, panel, found.length);
    const glyphs = { fresh: "●", doubtful: "◆", warn: "▲", error: "■", none: "○" }, glyph = width("■", em) + em * 0.3;
    const names = widestOf(shown, (row) => row.name, em);
    let room = wide - glyph - Math.min(names, em * 8);
    const used = [];
    for (const key of ["word", "newest", "received"]) {
      const need = widestOf(shown, (row) => row[key] || "", em) + em * 1.2;
      if (need > room) continue;
      used.push([key, need]);
      room -= need;
    }
    const name = wide - glyph - used.reduce((sum, [, need]) => sum + need, 0);
    shown.forEach((row, n) => {
      const { box: into, x, y } = found[n];
      text(into, glyphs[row.state], x, y, { px: em, tone: `glyph ${row.state === "none" ? "note" : row.state}` });
      text(into, pick([row.name], name, em), x + glyph, y, { px: em, data: { of: "name" } });
      let right = x + wide;
      for (const [key, need] of [...used].reverse()) {
        const tone = key === "word" ? { error: "bad", warn: "mark", doubtful: "mark" }[row.state] || "soft" : "quiet";
        if (row[key]) text(into, row[key], right, y, { px: em, right: true, tone, data: { of: "clock" } });
        right -= need;
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
    const dots = drawn("pattern", { id: "wall-veil", width: 8, height: 8, patternUnits: "userSpaceOnUse" }, svg.firstChild);
    drawn("circle", { cx: 4, cy: 4, r: 1.2, fill: "#55656e" }, dots);
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

  // The days of a state, from top to bottom: what was not reported is hatched, what is hidden is dotted, as on the map.
  const daysPath = (states, of, step, h) => states.map((state, n) => (state === of ? `M${(n * step).toFixed(1)} 0h${step.toFixed(1)}V${h}h${(-step).toFixed(1)}Z` : "")).join("");

  function gaps(svg, states, step, h) {
    drawn("path", { class: "gap", d: daysPath(states, "missing", step, h) }, svg);
    drawn("path", { class: "veil", d: daysPath(states, "suppressed", step, h) }, svg);
  }

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
    gaps(svg, states, step, tall);
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
    const { box, w, h, em } = pen, days = panel.days;
    const top = caption(pen, panel);
    marksKey(pen, panel);
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
    const from = side ? top + em * 1.6 : y0 + large * 1.18 + em * 2.9, x0 = side, wide = w - x0, tall = h - from - em * 1.6;
    const step = wide / days.length, values = panel.numbers.map((number) => number.value), y = scaleOf(values, tall);
    let svg = null, cursor = null;
    if (tall > em) {
      svg = canvasOf(pen, x0, from, wide, tall);
      cursor = drawn("rect", { class: "cursor", y: 0, height: tall, width: step }, svg);
      gaps(svg, panel.numbers.map((number) => number.state), step, tall);
      drawn("path", { class: "bars", d: barsPath(values, step, y, y(0), step * 0.66) }, svg);
      drawn("line", { class: "base", x1: 0, x2: wide, y1: y(0), y2: y(0), "stroke-width": Math.max(1, em * 0.05) }, svg);
      axis(pen, panel.ticks, days.length, x0, step, from + tall + em * 0.5);
      marks(pen, panel, x0, step, from);
      notices(pen, panel, x0, step, from, tall);
    }
    return {
      // Shows day n of the replay, as known now or then.
      day(n, as) {
        const number = as === "then" ? panel.then[n] : panel.numbers[n];
        set(day, pick([names[n], days[n].day], w, large), 0, y0, large);
        const room = side ? side - em : w;
        const under = y0 + large * 1.18 + em * 0.2;
        set(knownAs, panel.known[as], 0, under, em);
        if (!number) return set(value, "", 0, under, em);
        const words = `${panel.measure} ${number.text}`, left = width(panel.known[as], em) + em;
        const fits = pick([words, number.text], room - left, em);
        Object.assign(value.dataset, wall.base.about(number));
        set(value, fits.endsWith("…") ? "" : fits, left, under, em);
        if (cursor) cursor.setAttribute("x", n * step);
      },
    };
  }

  // What the marks mean, behind the title where there is room.
  function marksKey({ box, w, em }, panel) {
    const end = w - width(panel.asof.text, em) - em * 2, keys = [["zones", panel.marks, panel.marked], ["notice", panel.notices, panel.noticed]];
    let x = width(panel.title, em, true) + em * 1.5;
    for (const [kind, found, words] of keys) {
      if (!found.length || x + em + width(words, em) > end) continue;
      place(element("div", `bar ${kind}`, box), x, em * 0.2, em * 0.6, em * 0.6);
      text(box, words, x + em, 0, { px: em, tone: "quiet" });
      x += width(words, em) + em * 2;
    }
  }

  // How many zones began, above each day; the largest number is written.
  function marks(pen, panel, x0, step, y) {
    const { box, em } = pen, most = Math.max(...panel.marks.map(({ number }) => number.value), 1);
    const wide = Math.max(3, Math.round(Math.min(step * 0.66, em * 0.7)));
    for (const { at, number } of panel.marks) {
      const tall = Math.max(3, Math.round(Math.sqrt(number.value / most) * em * 0.8));
      const mark = place(element("div", "bar zones", box), x0 + (at + 0.5) * step - wide / 2, y - em * 0.25 - tall, wide, tall);
      Object.assign(mark.dataset, wall.base.about(number));
    }
  }

  // A line through each day on which a notice began, with its sign at the foot: before and after it.
  function notices(pen, panel, x0, step, from, tall) {
    const { box, em } = pen, wide = Math.max(2, Math.round(em * 0.07)), sign = Math.round(em * 0.44);
    for (const { at, number } of panel.notices) {
      const x = x0 + at * step;
      place(element("div", "bar notice-line", box), x - wide / 2, from, wide, tall);
      const head = place(element("div", "bar notice", box), x - sign / 2, from + tall - sign / 2, sign, sign);
      Object.assign(head.dataset, wall.base.about(number));
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
