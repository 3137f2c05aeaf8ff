// Starts the page that documents the API. Asks nobody but this server.
window.ui = window.SwaggerUIBundle({
  url: new URL("openapi.json", location.href).href,
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  displayRequestDuration: true,
  tryItOutEnabled: true,
  // A reader who is signed in asks with the cookie of the session, which wants the session's word (see dashboard/access/csrf.py).
  requestInterceptor(request) {
    const word = /(?:^|; )_csrf_token=([^;]*)/.exec(document.cookie);
    if (word && new URL(request.url, location.href).origin === location.origin) request.headers["X-CSRFToken"] = word[1];
    return request;
  },
});
