// What needs words is asked on a sheet from below: a result, a note, photos, or who takes the event over.
(function () {
  "use strict";
  const { queue } = window.onescreen, { h, say, icon } = queue;
  const RESULTS = ["solved", "unmet", "untrue", "help"];
  // What a class that is closed with evidence is shown of.
  const SHOWN = new Set(["solved", "unmet"]);
  // Which words a step asks for: [its heading, what stands there before, whether there must be some].
  const WORDS = {
    feed_back: ["note", "note_hint", false],
    close: ["note", "note_hint", false],
    hand_over: ["why", "why_hint", true],
    reopen: ["why", "why_hint", true],
    comment: ["note", "note_hint", true],
  };
  // A note that somebody began stays until it is sent, whatever they look at between.
  const begun = new Map();

  // A picture's address, once for each picture.
  const addresses = new WeakMap();
  queue.pictureOf = function (photo) {
    if (!addresses.has(photo)) addresses.set(photo, URL.createObjectURL(photo));
    return addresses.get(photo);
  };

  function choice(name, values, told, chosen = null) {
    return h(`div.choice${values.length === 3 ? ".three" : ""}`, { role: "radiogroup" }, values.map((value) => h("label", null, h("input.heard", { type: "radio", name, value, checked: value === chosen }), h("span", null, told(value)))));
  }

  function photoField(draft, complain) {
    const most = queue.told.photos.most, shown = h("div.photos"), input = h("input.heard", { type: "file", accept: "image/jpeg,image/png,image/*", multiple: true });
    const draw = () => shown.replaceChildren(...draft.photos.map((photo, i) => h("figure", null, h("img", { src: queue.pictureOf(photo), alt: say("photo") }),
      h("button", { type: "button", "aria-label": say("remove"), onclick: () => (draft.photos.splice(i, 1), draw()) }, icon("close")))));
    input.onchange = async function () {
      for (const file of [...input.files]) {
        if (draft.photos.length >= most) complain(say("photo_many", { n: most }));
        else await queue.smaller(file).then((photo) => draft.photos.push(photo), () => complain(say("photo_bad")));
      }
      input.value = "";
      draw();
    };
    draw();
    return h("div.field", null, shown, h("label.take", null, input, icon("camera"), h("span", null, say("add_photo"))), h("small", null, say("photo_small")));
  }

  function noteField(step, draft) {
    const [name, hint] = WORDS[step];
    const words = h("textarea", { rows: 3, maxLength: queue.told.longest, placeholder: say(hint), value: draft.note, oninput: () => (draft.note = words.value) });
    return h("label.field", null, h("span", null, say(name)), words, h("small", null, say("note_rule")));
  }

  function unitField(units) {
    const known = Object.fromEntries(units.map((unit) => [unit.code, unit]));
    const told = (code) => [known[code].name, h("small", null, queue.word("levels", known[code].level))];
    return h("div.field", null, h("span", null, say("to")), choice("to", units.map((unit) => unit.code), told));
  }

  // Whether there is evidence already, since the event was (re)opened.
  function proven() {
    const history = (queue.detail && queue.detail.history) || [];
    return history.slice(history.map((step) => step.what).lastIndexOf("reopened") + 1).some((step) => step.evidence.length);
  }

  // What still lacks; "" if it can be sent.
  function lacking(step, event, draft, form) {
    const chosen = (name) => (form.elements[name] ? form.elements[name].value : "");
    if (step === "feed_back" && !chosen("result")) return say("result_needed");
    if (step === "hand_over" && !chosen("to")) return say("to_needed");
    if (WORDS[step][2] && !draft.note.trim()) return say("note_needed");
    if (step === "close" && event.evidence && !proven() && !draft.photos.length) return say("photo_needed");
    if (step === "feed_back" && event.evidence && SHOWN.has(chosen("result")) && !draft.photos.length) return say("photo_needed");
    return "";
  }

  queue.ask = function (event, step) {
    const key = `${event.id} ${step}`, draft = begun.get(key) || { note: "", photos: [] };
    begun.set(key, draft);
    const fault = h("p.fault", { role: "alert", hidden: true });
    const complain = (text) => ((fault.textContent = text), (fault.hidden = false));
    const units = (queue.detail && queue.detail.units) || [];
    const form = h("form", { method: "dialog", noValidate: true },
      h("header", null, h("h2", null, say(step)), h("p", null, [queue.word("classes", event.klass), event.place || event.area.name].join(" · ")),
        h("button", { type: "button", "aria-label": say("cancel"), onclick: () => sheet.close() }, icon("close"))),
      step === "feed_back" && h("div.field", null, h("span", null, say("result")), choice("result", RESULTS, (one) => say(`result_${one}`))),
      step === "hand_over" && unitField(units),
      step === "close" && h("div.field", null, h("span", null, say("satisfied")), choice("satisfied", ["yes", "no", ""], (one) => say(`satisfied_${one}`), "")),
      noteField(step, draft),
      (step === "feed_back" || step === "close") && photoField(draft, complain),
      fault,
      h("button.do", { type: "submit", "data-step": step }, say(step)));
    const sheet = h("dialog.sheet", { onclose: () => sheet.remove() }, form);
    form.addEventListener("submit", function (asked) {
      asked.preventDefault();
      const lacks = lacking(step, event, draft, form);
      if (lacks) return complain(lacks);
      const { result, to, satisfied } = form.elements, chosen = (group) => (group ? group.value : "");
      begun.delete(key);
      sheet.close();
      queue.send.add({ event: event.id, from: queue.expected(event).state, step, note: draft.note.trim(), photos: draft.photos, result: chosen(result), to: chosen(to), satisfied: chosen(satisfied) });
    });
    sheet.addEventListener("click", (pressed) => pressed.target === sheet && sheet.close());
    document.body.append(sheet);
    sheet.showModal();
  };

  // A question with two answers: whether the grave one was chosen.
  queue.confirm = (text, yes, no) => new Promise(function (done) {
    const answer = (word) => () => sheet.close(word);
    const sheet = h("dialog.sheet", { onclose: () => (sheet.remove(), done(sheet.returnValue === "yes")) }, h("form", { method: "dialog" }, h("h2", null, text),
      h("button.do", { type: "button", onclick: answer("no") }, no), h("button.also.grave", { type: "button", onclick: answer("yes") }, yes)));
    document.body.append(sheet);
    sheet.showModal();
  });
})();
