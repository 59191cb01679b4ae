// The pages of /_/: setup, login, and an overview. Every value is set as text, never as markup.
const main = document.getElementById("main");

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child != null));
  return node;
}

async function api(method, path, body) {
  const response = await fetch("/_/api/" + path, {
    method,
    headers: { "X-Sayrud-CSRF": "1", ...(body ? { "Content-Type": "application/json" } : {}) },
    body: body && JSON.stringify(body),
  });
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.errors?.map((e) => e.message).join(" ") || answer.detail || answer.title), { status: response.status });
  return answer;
}

function show(...nodes) {
  main.replaceChildren(...nodes);
  main.querySelector("input:not([value]), input, button")?.focus();
}

function form({ title, text, fields, button, submit }) {
  const problem = element("p", { class: "problem", role: "alert" });
  const send = element("button", { class: "primary" }, button);
  return element("section", { class: "narrow" }, element("h1", {}, title), element("p", {}, text),
    element("form", {
      onsubmit: async (event) => {
        event.preventDefault();
        send.disabled = true;
        problem.textContent = "";
        try {
          await submit(Object.fromEntries(new FormData(event.target)));
        } catch (error) {
          problem.textContent = error.message;
        } finally {
          send.disabled = false;
        }
      },
    }, fields.map(([name, label, attributes]) => element("label", {}, label, element("input", { name, required: true, ...attributes }))), problem, send));
}

function setup(token) {
  show(form({
    title: "Make the first administrator",
    text: "This link works once. Whoever opens it owns this server.",
    fields: [
      ["email", "Email", { type: "email", autocomplete: "username" }],
      ["password", "Password (at least 10 characters)", { type: "password", autocomplete: "new-password", minlength: 10 }],
    ],
    button: "Create administrator",
    submit: async ({ email, password }) => {
      await api("POST", "setup", { token, email, password });
      history.replaceState(null, "", "/_/");
      await api("POST", "login", { email, password }).catch(() => null);
      await start();
    },
  }));
}

function login() {
  show(form({
    title: "Sign in",
    text: "To the administration of this server.",
    fields: [
      ["email", "Email", { type: "email", autocomplete: "username" }],
      ["password", "Password", { type: "password", autocomplete: "current-password" }],
    ],
    button: "Sign in",
    submit: async (credentials) => {
      await api("POST", "login", credentials);
      await start();
    },
  }));
}

async function overview(me) {
  const { items: projects } = await api("GET", "projects");
  const leave = async () => { await api("POST", "logout"); login(); };
  const list = projects.length === 0
    ? [element("p", {}, "There is no project yet. Apply a project file to make one:"), element("pre", {}, "./sayrud apply examples/comments/project.yaml")]
    : [element("table", {},
      element("thead", {}, element("tr", {}, ["Project", "Tables", "Endpoints", "Revision"].map((text) => element("th", {}, text)))),
      element("tbody", {}, projects.map((project) => element("tr", {},
        element("td", {}, element("a", { href: `/api/${project.name}/openapi.json` }, project.name)),
        element("td", {}, String(project.tables)), element("td", {}, String(project.endpoints)), element("td", {}, String(project.revision))))))];
  show(
    element("div", { class: "top" }, element("div", {}, element("h1", {}, "Sayrud"), element("p", {}, `Signed in as ${me.email}`)),
      element("button", { onclick: leave }, "Sign out")),
    element("section", {}, element("h2", {}, "Projects"), list),
    element("section", {}, element("h2", {}, "Go on"),
      element("p", {}, "Everything can be done through the ", element("a", { href: "/_/api/openapi.json" }, "admin API"), " and on the command line:"),
      element("pre", {}, "./sayrud apply project.yaml        # tables, fields and endpoints from a file\n./sayrud export blog               # the file of what is there\n./sayrud import blog/comments c.csv\n./sayrud sql blog                  # psql on the views")));
}

async function start() {
  const token = new URLSearchParams(location.search).get("token");
  if (location.pathname === "/_/setup" && token) return setup(token);
  try {
    await overview(await api("GET", "me"));
  } catch (error) {
    if (error.status !== 401) throw error;
    login();
  }
}

start().catch((error) => show(element("section", { class: "narrow" }, element("p", { class: "problem" }, error.message))));
