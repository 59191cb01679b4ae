// A small board over the PocketBase SDK. Nothing here knows that another server answers.
import PocketBase from "pocketbase";

const pb = new PocketBase(new URLSearchParams(location.search).get("api") || "http://127.0.0.1:8090/api/board");
pb.autoCancellation(false);
globalThis.pb = pb; // to be tried in the console

const posts = pb.collection("posts");
const comments = pb.collection("comments");
const users = pb.collection("users");
const main = document.querySelector("main");
const write = document.getElementById("write");
const problem = write.querySelector("[role=alert]");
const [show, order, count, previous, next] = ["show", "order", "count", "previous", "next"].map((id) => document.getElementById(id));
const perPage = 3;
let page = 1;

function element(tag, text, attributes = {}, ...children) {
  const node = Object.assign(document.createElement(tag), attributes);
  if (text) node.textContent = text;
  node.append(...children);
  return node;
}

async function replies(post, list) {
  const all = await comments.getFullList({ filter: pb.filter("post = {:post}", { post: post.id }), sort: "created" });
  list.replaceChildren(...all.map((comment) => element("li", comment.text)));
}

function article(post) {
  const likes = element("button", `♥ ${post.likes}`, { title: "Like", onclick: async () => {
    likes.textContent = `♥ ${(await posts.update(post.id, { "likes+": 1 })).likes}`;
  } });
  const close = element("button", post.status === "open" ? "Close" : "Open", { onclick: async () => {
    await posts.update(post.id, { status: post.status === "open" ? "closed" : "open" });
    load();
  } });
  const remove = element("button", "Delete", { onclick: async () => {
    await posts.delete(post.id);
    load();
  } });
  const list = element("ul");
  const answer = element("form", "", { onsubmit: async (event) => {
    event.preventDefault();
    await comments.create({ post: post.id, text: answer.elements.text.value });
    answer.reset();
    replies(post, list);
  } }, element("input", "", { name: "text", ariaLabel: `Reply to ${post.title}` }), element("button", "Reply"));
  replies(post, list);
  return element("article", "", {}, element("h2", post.title), element("small", `${post.expand?.author?.name ?? "somebody"}, ${new Date(post.created).toLocaleString()}`),
    element("p", post.body), likes, close, remove, list, answer);
}

async function load() {
  const filter = show.value ? pb.filter("status = {:status}", { status: show.value }) : "";
  const result = await posts.getList(page, perPage, { sort: order.value, filter, expand: "author" });
  main.replaceChildren(...result.items.map(article));
  count.textContent = `${result.totalItems} posts, page ${result.page} of ${result.totalPages}`;
  previous.disabled = result.page <= 1;
  next.disabled = result.page >= result.totalPages;
}

async function authors() {
  const all = await users.getFullList({ sort: "name" });
  write.elements.author.replaceChildren(element("option", "somebody", { value: "" }), ...all.map((user) => element("option", user.name, { value: user.id })));
}

write.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await posts.create(Object.fromEntries(new FormData(write)));
    problem.textContent = "";
    write.reset();
    page = 1;
    load();
  } catch (error) {
    problem.textContent = Object.values(error.response.data ?? {}).map((field) => field.message).join(" ") || error.message;
  }
});
for (const choice of [show, order]) choice.addEventListener("change", () => { page = 1; load(); });
previous.addEventListener("click", () => { page--; load(); });
next.addEventListener("click", () => { page++; load(); });

await authors();
await load();
