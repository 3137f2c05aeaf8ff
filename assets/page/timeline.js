// The days: a strip of bars with a slider on it, and replay. Moving through days asks the server nothing;
// where one stops, the address takes the day and the panel follows.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});
  const REST = 260; // milliseconds at rest after which a day is meant

  const icons = { play: "M4 2.5v11l9-5.5z", pause: "M4 3h3v10H4zM9 3h3v10H9z", before: "M10 3 5 8l5 5", after: "M6 3l5 5-5 5" };
  const icon = (name, line) => page.h("svg", { viewBox: "0 0 16 16", "aria-hidden": true, className: line ? "line" : "" }, page.h("path", { d: icons[name] }));

  // The classes of all days are fetched when somebody first reaches for the slider.
  function arm(data, armed) {
    armed.current = true;
    page.set("map", { classes_url: data.classes });
  }

  function useDays(data) {
    const { useState, useRef, useEffect, useLayoutEffect } = window.React;
    const [index, setIndex] = useState(data.index), [playing, setPlaying] = useState(false), [speed, setSpeed] = useState(4);
    const armed = useRef(false), timer = useRef(0), shown = useRef(data.index), running = useRef(false);
    const move = (to) => {
      shown.current = Math.max(0, Math.min(to, data.days.length - 1));
      setIndex(shown.current);
    };
    const commit = () => {
      clearTimeout(timer.current);
      const last = data.days.length - 1, day = data.days[shown.current];
      page.go({ day: shown.current === last ? null : day }, { replace: true });
    };
    useLayoutEffect(() => {
      if (!running.current) move(data.index);
      page.set("map", { classes_url: armed.current ? data.classes : null });
    }, [data]);
    useEffect(() => () => clearTimeout(timer.current), []);
    page.useDocumentEvent("onescreen:day", ({ detail }) => {
      if (detail.id !== "map" || (!detail.playing && !running.current)) return;
      move(detail.day);
      const ended = running.current && !detail.playing;
      running.current = detail.playing;
      setPlaying(detail.playing);
      if (ended) commit();
    });
    return {
      index, playing, speed,
      scrub(to) {
        if (!armed.current) arm(data, armed);
        move(to);
        const map = page.map();
        if (map) map.setDay(shown.current);
        clearTimeout(timer.current);
        timer.current = setTimeout(commit, REST);
      },
      play() {
        if (!armed.current) arm(data, armed);
        running.current = !playing;
        setPlaying(!playing);
        page.set("map", { playing: !playing, speed });
        if (playing) commit();
      },
      setSpeed(to) {
        setSpeed(to);
        page.set("map", { speed: to });
      },
      ready: () => armed.current || arm(data, armed),
    };
  }

  function Known({ data }) {
    const { h } = page, { known, known_at, words } = data;
    const one = (id) =>
      h("button", { key: id, type: "button", className: "quiet", "aria-pressed": known === id, title: words[`known_${id}_about`], onClick: () => page.go({ known: id }) }, words[`known_${id}`]);
    return h("div", { className: "known", role: "group", "aria-label": words.known },
      one("now"), one("then"), known_at && h("span", { className: "known-at" }, known_at));
  }

  function Speeds({ data, days }) {
    const { h } = page, { words, speeds } = data;
    const next = speeds[(speeds.indexOf(days.speed) + 1) % speeds.length];
    const about = page.fill(words.speed_about, { n: days.speed });
    return h("button", { type: "button", className: "quiet speed", title: about, "aria-label": `${words.speed}: ${about}`, onClick: () => days.setSpeed(next) }, `${days.speed}×`);
  }

  function Strip({ data, days }) {
    const { h } = page, last = Math.max(1, data.days.length - 1), at = (n) => `${(n / last) * 100}%`;
    const text = `${data.labels[days.index]} ${data.weekdays[days.index]}`;
    return h("div", { className: "strip" },
      h(page.Bars, data),
      h("div", { className: "rail" }, h("div", { className: "gone", style: { width: at(days.index) } }), h("div", { className: "thumb", style: { left: at(days.index) } })),
      h("div", { className: "ticks", "aria-hidden": true }, data.ticks.map(([n, word]) => h("span", { key: n, style: { left: at(n) } }, word))),
      h("input", {
        type: "range", min: 0, max: data.days.length - 1, step: 1, value: days.index, "aria-label": data.words.timeline, "aria-valuetext": text,
        onChange: (event) => days.scrub(Number(event.target.value)), onPointerEnter: days.ready, onFocus: days.ready,
      }));
  }

  function Days({ id, data }) {
    const { h } = page, days = useDays(data), { words } = data, last = data.days.length - 1;
    page.useDocumentEvent("onescreen:pick", (event) => days.scrub(event.detail));
    document.documentElement.dataset.behind = String(days.index !== data.index);
    window.React.useEffect(() => void document.dispatchEvent(new CustomEvent("onescreen:index", { detail: days.index })), [days.index, data]);
    const step = (by, name, word) =>
      h("button", { type: "button", className: "step", disabled: by < 0 ? days.index === 0 : days.index === last, title: word, "aria-label": word, onClick: () => days.scrub(days.index + by) }, icon(name, true));
    return h("section", { id, className: page.classes("timeline", days.playing && "playing"), "aria-label": words.timeline },
      h("div", { className: "controls" },
        h("button", { type: "button", className: "play", title: days.playing ? words.pause : words.play, "aria-label": days.playing ? words.pause : words.play, onClick: days.play }, icon(days.playing ? "pause" : "play")),
        h("div", { className: "day" }, h("b", null, data.labels[days.index]), h("span", null, data.weekdays[days.index], days.index === last && h("em", null, words.latest))),
        step(-1, "before", words.day_before), step(1, "after", words.day_after)),
      h(Strip, { data, days }),
      h("div", { className: "more" }, h(Speeds, { data, days }), h(Known, { data })));
  }

  onescreen.Timeline = function Timeline({ id, data }) {
    if (!data) return page.h("section", { id, className: "timeline empty" });
    return page.h(Days, { id, data });
  };
})();
