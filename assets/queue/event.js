// One event: how long there is left, what is known, what was done, and what can be done now.
(function () {
  "use strict";
  const { queue } = window.onescreen, { h, say, icon } = queue;
  // Reports that are shown before one asks for all.
  const FIRST = 3;
  // The one thing that comes next is the large button.
  const NEXT = { open: "accept", accepted: "act", acting: "feed_back", fed_back: "close" };
  // What needs no words is done by one tap.
  const BARE = new Set(["accept", "act"]);
  // Milliseconds within which two taps are one.
  const TWICE = 700;
  let tapped = -TWICE;
  let all = 0; // the event whose reports are all shown

  // What the event will be once everything that waits here is sent: {state, may}.
  queue.expected = function (event) {
    const { after, then } = queue.told;
    let { state, may } = event;
    for (const { step } of queue.send.waitingOf(event.id)) {
      if (!after[step]) continue;
      state = after[step];
      may = step === "hand_over" ? ["comment"] : then[state];
      if (state === "fed_back" && !(queue.told.classes[event.klass] || {}).check) may = ["close", ...may];
    }
    return { state, may };
  };

  const fact = (name, value) => value && h("div", null, h("dt", null, say(name)), h("dd", null, value));

  function facts(event, subject) {
    return h("dl.about", null,
      fact("owner", `${event.owner.name}`),
      fact("sensed", queue.moment(event.opened)),
      event.where && fact("area", event.where),
      subject && h("div", null, h("dt", null, say("subject")), h("dd", null, h("code", null, subject))));
  }

  function reports(event, given) {
    const shown = all === event.id ? given : given.slice(0, FIRST);
    const one = (report) => h("li", null,
      h("p", null, [report.note, report.place !== event.place && report.place].filter(Boolean).join(" · ") || queue.word("classes", event.klass)),
      h("small", null, report.source, h("time", { datetime: report.happened }, queue.moment(report.happened))));
    return h("section.reports", null, h("h2", null, say("reports_title"), h("small", null, String(given.length))), h("ul", null, shown.map(one)),
      given.length > shown.length && h("button.plain-link", { type: "button", onclick: () => ((all = event.id), queue.changed()) }, say("show_all", { n: given.length })));
  }

  // Photos by their digests; what else was named as evidence is words.
  function evidence(id, given) {
    const photo = (name) => h("a", { href: `/queue/events/${id}/photos/${name}`, target: "_blank", rel: "noopener" }, h("img", { src: `/queue/events/${id}/photos/${name}`, alt: say("photo"), loading: "lazy" }));
    const digest = /^[0-9a-f]{64}$/, words = given.filter((name) => !digest.test(name));
    return [words.length > 0 && h("blockquote", null, words.join(" · ")), words.length < given.length && h("div.photos", null, given.filter((name) => digest.test(name)).map(photo))];
  }

  function past(id, step) {
    const by = [step.by, queue.told.roles[step.role] && queue.word("roles", step.role)].filter(Boolean).join(" · ");
    return h("li", { "data-state": step.state },
      h("p", null, h("b", null, queue.word("changes", step.what)), step.missed && h("span", null, queue.word("deadlines", step.missed)), step.what === "handed_over" && h("span", null, " → ", step.owner.name), h("time", { datetime: step.at }, queue.moment(step.at))),
      step.note && h("blockquote", null, step.note),
      typeof step.satisfied === "boolean" && h("span.soft", null, say(step.satisfied ? "satisfied_yes" : "satisfied_no")),
      evidence(id, step.evidence),
      by && h("small", null, by),
      step.came && h("small.came", null, icon("waiting"), say("came", { at: queue.moment(step.came) })),
      step.said && h("small.came", null, icon("clock"), say("phone_said", { at: queue.moment(step.said) })));
  }

  function waiting(act) {
    const again = act.tries ? ` · ${say("tries", { n: act.tries })}` : "";
    return h("li.unsent", null,
      h("p", null, h("b", null, say(act.step)), h("time", { datetime: act.made }, queue.moment(act.made))),
      act.note && h("blockquote", null, act.note),
      act.photos && act.photos.length > 0 && h("div.photos", null, act.photos.map((photo) => h("img", { src: queue.pictureOf(photo), alt: say("photo") }))),
      h("small", null, icon("waiting"), say("wait_here") + again));
  }

  function history(event, steps) {
    const unsent = queue.send.waitingOf(event.id);
    return h("section.history", null, h("h2", null, say("history_title")),
      h("ol", null, steps.map((step) => past(event.id, step)), unsent.map(waiting)),
      !steps.length && !unsent.length && h("p.soft", null, say("no_history")));
  }

  // The next button comes where the last one was: a second tap of an unsure thumb is not meant for it.
  const tap = (event, step) => function () {
    if (!BARE.has(step)) return queue.ask(event, step);
    tapped = performance.now();
    setTimeout(queue.changed, TWICE + 1);
    return queue.send.add({ event: event.id, from: queue.expected(event).state, step });
  };

  function buttons(event, known) {
    const expected = queue.expected(event), { state } = expected;
    const may = expected.may.filter((step) => known || step !== "hand_over"); // to whom is told with the event
    const next = may.find((step) => step === NEXT[state]);
    const one = (step, main) => h(main ? "button.do" : "button.also", { type: "button", "data-step": step, disabled: performance.now() - tapped < TWICE, onclick: tap(event, step) }, say(step));
    const others = may.filter((step) => step !== next);
    if (!may.length) return null;
    const checked = state === "fed_back" && !next;
    return h("div.doing", { role: "group" }, checked && h("p", null, say("to_check")), next && one(next, true), others.length > 0 && h("div", null, others.map((step) => one(step, false))));
  }

  const head = (event, state) => h("header", null,
    h("a.back-link", { href: "#", "aria-label": say("back") }, icon("back"), h("span", null, say("back"))),
    h("p.no", null, `#${event.id}`),
    h("h1", null, queue.word("classes", event.klass), event.urgent && h("em", null, say("urgent"))),
    h("p.where", null, queue.placeOf(event)),
    h("div.due", null, queue.badge(state), event.state !== "closed" && queue.clock(event), queue.waitingBadge(event.id) || (event.due && event.step && event.state !== "closed" && h("small", null, say(`due_${event.step}`, { at: queue.moment(event.due) })))));

  queue.drawEvent = function () {
    const { detail, list, open } = queue;
    if (!open) return [list && list.events.length > 0 && h("div.empty.unknown", null, queue.mark(), h("p", null, say("choose")))];
    const line = (list && list.events.find((event) => event.id === open)) || (detail && detail.event);
    if (!line) return [h("header", null, h("a.back-link", { href: "#", "aria-label": say("back") }, icon("back"), h("span", null, say("back")))), h("div.empty.unknown", null, queue.mark(), h("h2", null, say(queue.lost === "offline" ? "not_kept" : queue.lost ? "gone" : "loading")), h("p", null, queue.lost === "gone" ? say("gone_about") : ""))];
    const { state } = queue.expected(line), known = detail && detail.event.id === open;
    return [
      head(line, state),
      queue.refusals(open),
      facts(line, known && detail.subject),
      known ? reports(line, detail.reports) : line.note && h("section.reports", null, h("p", null, line.note)),
      (known || queue.send.waitingOf(open).length > 0) && history(line, known ? detail.history : []),
      known && queue.lost === "offline" && h("p.soft.old", null, say("old_detail", { at: queue.moment(detail.at) })),
      !known && queue.lost && h("p.soft.old", null, say("not_kept")),
      buttons(line, known),
    ].filter(Boolean);
  };
})();
