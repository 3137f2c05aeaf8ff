// What the map says beside the picture: tooltip, live region, badge, scale bar, the mark around a unit.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  const SVG = "http://www.w3.org/2000/svg";
  const STEPS = [1, 2, 5];
  const BAR = 96; // CSS pixels that a scale bar may take at most
  const SPEAK_AFTER = 250; // milliseconds of rest before a screen reader is told, so that it is not flooded

  function element(name, className, parent) {
    const made = document.createElement(name);
    made.className = className;
    parent.appendChild(made);
    return made;
  }
  function drawn(name, className, parent) {
    const made = document.createElementNS(SVG, name);
    made.setAttribute("class", className);
    parent.appendChild(made);
    return made;
  }

  class Hints {
    constructor(host, stack) {
      this.marks = drawn("svg", "onescreen-map-marks", stack);
      this.marks.setAttribute("preserveAspectRatio", "none");
      this.marks.setAttribute("aria-hidden", "true");
      this.kept = [drawn("path", "onescreen-map-casing", this.marks), drawn("path", "onescreen-map-mark kept", this.marks)];
      this.passing = [drawn("path", "onescreen-map-casing", this.marks), drawn("path", "onescreen-map-mark", this.marks)];
      this.cross = element("div", "onescreen-map-cross", host);
      this.bar = element("div", "onescreen-map-bar", host);
      this.caption = element("div", "onescreen-map-caption", host);
      this.tip = element("div", "onescreen-map-tip", host);
      this.badge = element("div", "onescreen-map-badge", host);
      this.voice = element("div", "onescreen-map-voice", host);
      this.help = element("div", "onescreen-map-voice", host);
      this.badge.setAttribute("role", "status");
      this.voice.setAttribute("aria-live", "polite");
      this.host = host;
      for (const part of [this.tip, this.badge, this.cross, this.caption]) part.hidden = true;
    }

    // Outlines the unit under the pointer (device pixels of `view`); unit < 0 takes the mark away.
    around(shapes, unit, view, size) {
      this.outline(this.passing, shapes, unit, view, size);
    }

    // Outlines the unit that the page is about.
    keep(shapes, unit, view, size) {
      this.outline(this.kept, shapes, unit, view, size);
    }

    outline(paths, shapes, unit, view, size) {
      const at = unit >= 0 && painter.raster.projection(shapes, view, size);
      this.marks.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
      for (const path of paths) path.setAttribute("d", at ? pathOf(shapes, unit, at) : "");
    }

    // lines = {name, where, value, flows}; x, y CSS pixels.
    show(lines, x, y) {
      this.tip.replaceChildren();
      for (const key of ["name", "where", "value", "flows"]) {
        if (lines[key]) element("div", `onescreen-map-tip-${key}`, this.tip).textContent = lines[key];
      }
      this.tip.hidden = false;
      const { clientWidth, clientHeight } = this.host, { offsetWidth, offsetHeight } = this.tip;
      const left = x + 16 + offsetWidth > clientWidth ? x - 14 - offsetWidth : x + 16;
      const top = y + 18 + offsetHeight > clientHeight ? y - 12 - offsetHeight : y + 18;
      this.tip.style.transform = `translate(${Math.max(left, 4)}px, ${Math.max(top, 4)}px)`;
    }

    // The number alone: during replay it changes under a resting pointer.
    value(text) {
      const line = this.tip.querySelector(".onescreen-map-tip-value");
      if (line) line.textContent = text;
    }

    hide() {
      this.tip.hidden = true;
    }

    say(text) {
      clearTimeout(this.saying);
      this.saying = setTimeout(() => (this.voice.textContent = text), SPEAK_AFTER);
    }

    late(text) {
      this.badge.hidden = !text;
      this.badge.textContent = text || "";
    }

    // What the arcs show and what they leave out.
    flows(text) {
      this.caption.hidden = !text;
      this.caption.textContent = text || "";
    }

    // The roundest length that fits; metres = ground metres a CSS pixel.
    scale(metres, words) {
      const most = metres * BAR, power = Math.pow(10, Math.floor(Math.log10(most)));
      const length = STEPS.filter((step) => step * power <= most).pop() * power;
      this.bar.style.width = `${length / metres}px`;
      this.bar.textContent = length < 1000 ? `${length} ${words.metre}` : `${length / 1000} ${words.kilometre}`;
    }

    end() {
      clearTimeout(this.saying);
    }
  }

  function pathOf(shapes, unit, at) {
    const { unitAt, ringAt, xs, ys } = shapes, parts = [];
    for (let ring = unitAt[unit]; ring < unitAt[unit + 1]; ring++) {
      for (let i = ringAt[ring]; i < ringAt[ring + 1]; i++) {
        const x = (xs[i] * at.k + at.tx).toFixed(1), y = (at.ty - ys[i] * at.k).toFixed(1);
        parts.push(`${i === ringAt[ring] ? "M" : "L"}${x} ${y}`);
      }
      parts.push("Z");
    }
    return parts.join("");
  }

  painter.Hints = Hints;
})();
