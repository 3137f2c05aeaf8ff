// Everything that is done here is first kept under a key of its own, then sent until the server has said what became of
// it. The server knows the key: however often it comes, there is one change.
(function () {
  "use strict";
  const { queue } = window.onescreen, { kept } = queue;
  // Milliseconds: an answer that takes longer is lost, beside what its photos take at so many bytes a millisecond (the
  // slowest network that a phone calls one); the first and the longest pause between two tries; the longest that a
  // server, or whatever answers in its place, may ask for.
  const PATIENCE = 30000, SLOWEST = 4, FIRST = 2000, LONGEST = 60000, MOST_REST = 900000;
  // What has to be tried again, as the server or the way to it is at fault.
  const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);

  const send = (queue.send = { acts: [], busy: false, trouble: "" });
  const unkept = new Set(); // not in the book yet
  let timer = 0, rest = 0; // until when the server asked to be left alone, by the clock that nobody sets

  send.load = async () => (send.acts = await kept.acts());
  const mine = () => send.acts.filter((act) => act.who === queue.who.key);
  send.waiting = () => (queue.who ? mine().filter((act) => !act.refused) : []);
  send.refused = () => (queue.who ? mine().filter((act) => act.refused) : []);
  // One act of an event after the other: what comes first is sent first.
  send.waitingOf = (id) => send.waiting().filter((act) => act.event === id);

  // Takes one act; it is shown at once, and kept before it is sent.
  send.add = async function (what) {
    const made = new Date(queue.now()).toISOString();
    // Also where the phone's clock was set back since the last one, this one comes after it.
    const act = { ...what, key: queue.newKey(), who: queue.who.key, made, order: 1 + Math.max(Date.now(), ...send.acts.map(({ order }) => order)), tries: 0 };
    send.acts.push(act);
    unkept.add(act.key);
    queue.changed();
    await kept.keepAct(act).then(() => unkept.delete(act.key), () => {}); // a full phone: it is sent all the same
    send.now();
  };

  send.drop = async function (key) {
    send.acts = send.acts.filter((act) => act.key !== key);
    queue.changed();
    await kept.dropAct(key);
  };

  // Two windows of one browser send one after the other, so that none sends what the other has just sent.
  const alone = (work) => (navigator.locks ? navigator.locks.request("onescreen-queue", work) : work());

  send.now = function () {
    clearTimeout(timer);
    if (send.busy || !queue.who || queue.ended) return;
    if (performance.now() < rest) return plan();
    send.busy = true;
    queue.changed();
    alone(all).finally(() => ((send.busy = false), queue.changed(), plan()));
  };

  async function all() {
    const known = await kept.acts(); // another window may have sent some
    send.acts = [...known, ...send.acts.filter((act) => unkept.has(act.key) && !known.some((one) => one.key === act.key))];
    for (let next; (next = send.waiting()[0]); ) if (!(await one(next))) return;
    send.trouble = "";
  }

  function plan() {
    const [next] = send.waiting();
    if (!next || queue.ended) return;
    const pause = Math.max(0, rest - performance.now()) || Math.min(LONGEST, FIRST * 2 ** Math.max(0, next.tries - 1)) * (0.75 + Math.random() / 2);
    timer = setTimeout(send.now, pause);
  }

  // Whether the next may be sent: not if the way is broken.
  async function one(act, renewed = false) {
    let answer, said;
    try {
      answer = await fetch(queue.address("/queue/act"), { method: "POST", body: form(act), headers: { "X-CSRFToken": queue.csrf() }, signal: queue.within(patience(act)) });
      said = await answer.json();
    } catch (_) {
      return failed(act, "offline");
    }
    if (answer.ok) return done(act, said);
    if (answer.status === 401) return queue.over(said), false;
    if (said.type === "onescreen:forged" && !renewed) {
      await queue.read(); // the word of an earlier session: any answer brings the new one
      return one(act, true);
    }
    if (LATER.has(answer.status)) return failed(act, "server", 1000 * Number(answer.headers.get("Retry-After")));
    return refused(act, answer.status, said);
  }

  const patience = ({ photos = [] }) => Math.round(PATIENCE + photos.reduce((sum, photo) => sum + photo.size, 0) / SLOWEST);

  function form(act) {
    const body = new FormData();
    for (const name of ["key", "who", "event", "step", "note", "result", "to", "satisfied"]) if (act[name]) body.set(name, act[name]);
    body.set("done", act.made); // it may be sent hours later
    (act.photos || []).forEach((photo, i) => body.append("photo", photo, `${i + 1}.jpg`));
    return body;
  }

  async function failed(act, trouble, wait) {
    act.tries += 1;
    rest = performance.now() + Math.min(wait || 0, MOST_REST);
    send.trouble = trouble;
    await kept.keepAct(act).catch(() => {});
    return false;
  }

  async function done(act, said) {
    unkept.delete(act.key);
    send.acts = send.acts.filter((other) => other.key !== act.key);
    await kept.dropAct(act.key);
    queue.took(said);
    return true;
  }

  // Nothing that somebody wrote is lost: it stays until they have read why it was not taken.
  async function refused(act, status, said) {
    act.refused = { zh: said.zh || "", en: said.en || "" };
    await queue.read(act.event);
    const now = queue.list && queue.list.events.find((event) => event.id === act.event);
    act.refused.conflict = status === 409 && (!now || now.state !== act.from);
    await kept.keepAct(act).catch(() => {});
    return true;
  }

  window.addEventListener("online", () => send.now());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send.now());
})();
