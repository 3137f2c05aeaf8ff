// Signing out takes away all that this browser keeps, also what was done on a phone and could not be sent yet: then the
// way out leads past the queue, which sends it, or asks.
(function () {
  "use strict";
  const NAME = "onescreen-queue", STORE = "acts", OUT = "/sign-out", QUEUE = "/queue", HASH = "#leave", SLOW = 3000;
  // The queue asks by itself; who must change a password first is let to no other page.
  const HERE = [QUEUE, "/password"];

  const asked = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = request.onblocked = failed;
  });

  // How many steps wait here, whoever's; a browser in which the queue was never opened is not made to keep one.
  async function waiting() {
    if (indexedDB.databases && !(await indexedDB.databases()).some(({ name }) => name === NAME)) return 0;
    const request = indexedDB.open(NAME);
    request.onupgradeneeded = () => request.transaction.abort();
    const base = await asked(request);
    try {
      const acts = base.objectStoreNames.contains(STORE) ? await asked(base.transaction(STORE).objectStore(STORE).getAll()) : [];
      return acts.filter((act) => !act.refused).length;
    } finally {
      base.close();
    }
  }

  // Nobody stays signed in because a browser's store is slow: the queue, which is led to then, looks again.
  const slow = () => new Promise((done) => setTimeout(done, SLOW, true));

  document.addEventListener("submit", async function (event) {
    const form = event.target;
    if (HERE.includes(location.pathname) || !form.action || new URL(form.action).pathname !== OUT) return;
    event.preventDefault();
    if (await Promise.race([waiting().catch(() => 0), slow()])) return location.assign(QUEUE + location.search + HASH);
    if (!form.isConnected) document.body.append(form); // the menu that it stood in was closed meanwhile
    form.submit();
  });
})();
