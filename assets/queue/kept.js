// What this phone keeps, in IndexedDB: the last list and the events that were read (of one user alone), and what was done
// but has not been sent. Where the browser keeps nothing, it lasts as long as the page.
(function () {
  "use strict";
  const { queue } = window.onescreen;
  const NAME = "onescreen-queue", STORES = ["read", "acts"];
  // Events that are kept to be read again.
  const MOST = 60;

  const asked = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

  let opened = null;
  function base() {
    opened = opened || new Promise((done, failed) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name));
      request.onblocked = failed;
      request.onerror = failed;
      request.onsuccess = () => done(request.result);
    });
    return opened;
  }

  const memory = Object.fromEntries(STORES.map((name) => [name, new Map()]));
  const alone = {
    get: (name, key) => memory[name].get(key),
    put: (name, value, key) => void memory[name].set(key, value),
    delete: (name, key) => void memory[name].delete(key),
    clear: (name) => memory[name].clear(),
    getAll: (name) => [...memory[name].values()],
    getAllKeys: (name) => [...memory[name].keys()],
  };

  let left = false; // whoever was here has signed out: what was still on its way is not kept

  // One step on one store; written is only what the browser says is.
  async function step(does, name, ...given) {
    const database = await base().catch(() => null);
    if (left && does === "put") return undefined;
    if (!database) return alone[does](name, ...given);
    const change = database.transaction(name, does.startsWith("get") ? "readonly" : "readwrite");
    const ended = new Promise((done, failed) => ((change.oncomplete = done), (change.onabort = change.onerror = () => failed(change.error))));
    const result = await asked(change.objectStore(name)[does](...given));
    await ended;
    return result;
  }

  const kept = (queue.kept = {});
  kept.list = () => step("get", "read", "list");
  kept.keepList = (list) => step("put", "read", list, "list");
  kept.event = (id) => step("get", "read", `event ${id}`);
  kept.keepEvent = async function (detail) {
    await step("put", "read", detail, `event ${detail.event.id}`);
    const keys = (await step("getAllKeys", "read")).filter((key) => key.startsWith("event "));
    if (keys.length <= MOST) return;
    const all = await Promise.all(keys.map(async (key) => [(await step("get", "read", key)).at, key]));
    for (const [, key] of all.sort().slice(0, keys.length - MOST)) await step("delete", "read", key);
  };
  kept.acts = async () => (await step("getAll", "acts")).sort((a, b) => a.order - b.order);
  kept.keepAct = (act) => step("put", "acts", act, act.key);
  kept.dropAct = (key) => step("delete", "acts", key);
  // Nothing that was read stays: another user, or nobody, is here.
  kept.forgetRead = () => step("clear", "read");

  // Before signing out: nothing stays at all.
  kept.forgetAll = async function () {
    left = true;
    for (const name of STORES) await step("clear", name);
    if (window.caches) for (const name of await caches.keys()) if (name.startsWith("onescreen-queue-")) await caches.delete(name);
    if (navigator.serviceWorker) for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
  };
})();
