// The list: what is due first stands first, under how long there is left.
(function () {
  "use strict";
  const { queue } = window.onescreen, { h, say, icon } = queue;
  const HOUR = 3600000, DAY = 24 * HOUR;
  const GROUPS = ["over", "hour", "day", "later", "closed"];
  let chosen = ""; // a state; "" for all

  const group = function (event) {
    if (event.state === "closed") return "closed";
    const left = event.due ? new Date(event.due) - queue.now() : Infinity;
    return left < 0 ? "over" : left < HOUR ? "hour" : left < DAY ? "day" : "later";
  };

  // How long there is left, in large figures; `queue.tick` brings it up to date.
  queue.clock = function (event) {
    const made = h("span.clock", { role: "timer" });
    if (event.due && event.state !== "closed") made.dataset.due = event.due;
    queue.wind(made);
    return made;
  };
  queue.wind = function (clock) {
    if (!clock.dataset.due) return;
    const { over, parts } = queue.remaining(clock.dataset.due);
    clock.classList.toggle("over", over);
    const figures = parts.flatMap(([n, unit]) => [h("b", null, String(n)), h("small", null, unit)]), word = h("small", null, say(over ? "over" : "left"));
    clock.replaceChildren(...(queue.lang === "zh" ? [word, ...figures] : [...figures, word]));
  };

  queue.badge = (id) => h("span.state", { "data-state": id }, h("i", { "aria-hidden": "true" }, (queue.told.states[id] || {}).glyph || ""), queue.word("states", id));

  queue.waitingBadge = function (id) {
    const waiting = queue.send.waitingOf(id).length;
    return waiting ? h("span.waiting", null, icon("waiting"), say("not_sent", { n: waiting })) : null;
  };

  // What tells it from its neighbours comes first: a narrow line is cut at its end.
  queue.placeOf = (event) => [event.place, event.area.name].filter(Boolean).join(" · ");

  function card(event) {
    const shown = queue.expected(event), about = (queue.told.classes[event.klass] || {}).glyph || "";
    return h("li", null, h("a.card", { href: `#${event.id}`, "data-group": group(event), "aria-current": queue.open === event.id ? "true" : null },
      h("span.glyph", { "aria-hidden": "true" }, about),
      h("span.what", null, h("strong", null, queue.word("classes", event.klass)), event.urgent && h("em", null, say("urgent"))),
      queue.clock(event),
      h("span.where", null, queue.placeOf(event)),
      h("span.by", null, event.due && event.step && event.state !== "closed" ? say(`due_${event.step}`, { at: queue.moment(event.due) }) : ""),
      h("span.marks", null, queue.badge(shown.state), event.reports > 1 && h("span", null, say("reports", { n: event.reports })),
        event.escalated > 0 && h("span.escalated", null, say("escalated")), queue.waitingBadge(event.id))));
  }

  function filters(events) {
    const states = Object.keys(queue.told.states).filter((id) => id !== "closed" && events.some((event) => event.state === id));
    if (states.length < 2) return null;
    const one = (id, name, n) => h("button", { type: "button", "aria-pressed": String(chosen === id), onclick: () => ((chosen = id), queue.changed()) }, name, h("small", null, String(n)));
    const open = events.filter((event) => event.state !== "closed").length;
    return h("div.filters", { role: "group" }, one("", say("all"), open), states.map((id) => one(id, queue.word("states", id), events.filter((event) => event.state === id).length)));
  }

  const nothing = (title, about, kind = "div.empty") => h(kind, null, queue.mark(), h("h2", null, title), h("p", null, about));

  queue.drawList = function () {
    const { list } = queue;
    if (!list) return [queue.trouble || !navigator.onLine ? nothing(say("never"), say("never_about"), "div.empty.unknown") : h("p.loading", null, say("loading"))];
    const { events } = list;
    if (chosen && !events.some((event) => event.state === chosen)) chosen = "";
    const wanted = events.filter((event) => !chosen || event.state === chosen);
    const parts = GROUPS.map((id) => [id, wanted.filter((event) => group(event) === id)]).filter(([, some]) => some.length);
    const open = events.some((event) => event.state !== "closed");
    return [
      filters(events),
      !open && nothing(say("empty"), say("empty_about")),
      ...parts.map(([id, some]) => h("section.group", { "data-group": id }, h("h2", null, say(`group_${id}`), h("small", null, String(some.length))), h("ul", null, some.map(card)))),
      list.more > 0 && h("p.rest", null, say("more", { n: list.more })),
    ].filter(Boolean);
  };
})();
