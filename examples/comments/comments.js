// A small comment widget over the endpoints of project.yaml. It needs no build and no library.
(() => {
  "use strict";

  const root = document.getElementById("comments");
  const api = new URLSearchParams(location.search).get("api") || root.dataset.api;
  const post = root.dataset.post;
  const size = 20;
  let page = 1;
  let sort = "new";

  /** Makes an element; strings among the children become text, never markup. */
  function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child != null));
    return node;
  }

  async function call(path, options) {
    let response;
    try {
      response = await fetch(api + path, options);
    } catch {
      throw new Error("The comment service cannot be reached.");
    }
    const body = await response.json();
    if (!response.ok) throw Object.assign(new Error(body.message), { fields: body.errors || [] });
    return body;
  }

  /** Loads the server's solver of puzzles, once. */
  let solver;
  function loadSolver() {
    return solver ||= new Promise((resolve, reject) => {
      const failed = () => { solver = null; reject(new Error("The comment service cannot be reached.")); };
      document.head.append(element("script", { src: `${api}/_captcha.js`, onload: resolve, onerror: failed }));
    });
  }

  /** Solves a puzzle of the endpoint: a second of work, which one reader does not notice and a robot has to do for each comment. */
  async function solve(endpoint) {
    await loadSolver();
    return sayrudCaptcha(api, endpoint);
  }

  const list = element("ol", { class: "comments" });
  const more = element("button", { type: "button", class: "more", hidden: true, onclick: () => load(page + 1) }, "More comments");
  const count = element("h2", {}, "Comments");
  const order = element("select", { "aria-label": "Order", onchange: () => { sort = order.value; load(1); } },
    element("option", { value: "new" }, "Newest first"),
    element("option", { value: "old" }, "Oldest first"),
    element("option", { value: "top" }, "Most liked first"));

  function comment(item) {
    const body = element("div", { class: "body" });
    body.innerHTML = item.html; // $markdown makes it safe on the server
    const likes = element("span", {}, String(item.likes));
    const like = element("button", { type: "button", class: "like" }, "♥ Like ", likes);
    like.addEventListener("click", async () => {
      like.disabled = true;
      likes.textContent = (await call(`/comments/${item.id}/like`, { method: "POST" })).likes;
    });
    const reply = element("button", { type: "button", class: "reply" }, "Reply");
    const node = element("li", { class: item.popular ? "popular" : null, "data-id": item.id },
      element("header", {},
        element("img", { src: item.avatar, alt: "", width: 32, height: 32, loading: "lazy" }),
        element("strong", {}, item.nick),
        item.answers ? element("span", { class: "answers" }, ` to ${item.answers}`) : null,
        element("time", { datetime: item.at }, new Date(item.at).toLocaleString())),
      body,
      element("footer", {}, like, reply));
    reply.addEventListener("click", () => {
      reply.hidden = true;
      node.append(form(item.id, () => load(1)));
      node.querySelector("form textarea").focus();
    });
    return node;
  }

  /** Puts each reply below the comment it answers where that one is on the page too. */
  function show(items) {
    const nodes = new Map(items.map((item) => [item.id, comment(item)]));
    for (const item of items) {
      const parent = nodes.get(item.parent) || list.querySelector(`[data-id="${item.parent}"]`);
      if (!parent) { list.append(nodes.get(item.id)); continue; }
      let replies = parent.querySelector(":scope > ol");
      if (!replies) parent.append(replies = element("ol"));
      replies.append(nodes.get(item.id));
    }
  }

  async function load(wanted) {
    page = wanted;
    const query = new URLSearchParams({ post, page, size, sort });
    const answer = await call(`/comments?${query}`).catch((error) => {
      count.textContent = error.message;
    });
    if (!answer) return;
    if (page === 1) list.replaceChildren();
    count.textContent = answer.total === 1 ? "1 comment" : `${answer.total} comments`;
    show(answer.items);
    more.hidden = page * size >= answer.total;
  }

  function form(parent, done) {
    const problem = element("p", { class: "problem", role: "alert", hidden: true });
    const node = element("form", {},
      element("label", {}, "Nickname", element("input", { name: "nick", autocomplete: "nickname", required: true, maxlength: 64 })),
      element("label", {}, "Email (never shown)", element("input", { name: "email", type: "email", autocomplete: "email" })),
      element("label", {}, "Comment", element("textarea", { name: "content", rows: 4, required: true, maxlength: 5000 })),
      problem,
      element("button", { type: "submit" }, parent ? "Post reply" : "Post comment"));
    node.noValidate = true; // the server's sentences are better
    node.addEventListener("submit", async (event) => {
      event.preventDefault();
      const fields = Object.fromEntries(new FormData(node));
      const button = node.querySelector("button[type=submit]");
      button.disabled = true;
      try {
        const captcha = await solve("add_comment");
        await call("/comments", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ ...fields, post, parent, captcha }),
        });
        node.reset();
        problem.hidden = true;
        await done();
      } catch (error) {
        problem.textContent = error.message;
        problem.hidden = false;
        node.elements[error.fields?.[0]?.param]?.focus();
      } finally {
        button.disabled = false;
      }
    });
    return node;
  }

  root.append(element("div", { class: "bar" }, count, order), form(null, () => load(1)), list, more);
  load(1);
})();
