// Drives examples/pocketbase: the PocketBase SDK as it comes from npm, by the example's page and call by call in it.
// e2e/fronts_test.go starts the servers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { opened, SERVER, shot, SITE } from "./chromium.mjs";

const tab = opened();
const open = () => tab.page.goto(`${SITE}/?api=${SERVER}/api/board`);
const posts = () => tab.page.locator("article");
const count = (text) => tab.page.getByText(text, { exact: true }).waitFor();

/** Runs a function of the page's SDK there: what it returns, or the error that the SDK made of the answer. */
const call = (run, argument) => tab.page.evaluate(async ([source, given]) => {
  try {
    return await (0, eval)(`(${source})`)(globalThis.pb, given);
  } catch (error) {
    return { name: error.name, status: error.status, message: error.message, response: error.response };
  }
}, [run.toString(), argument]);

async function lists(want) {
  const read = () => [...document.querySelectorAll("article h2")].map((title) => title.innerText).join();
  await tab.page.waitForFunction(`(${read})() === ${JSON.stringify(want.join())}`).catch(async () => assert.equal(await tab.page.evaluate(read), want.join()));
}

test("getOne, create, update, delete and their errors", async () => {
  await open();
  await count("0 posts, page 1 of 0");
  const ann = await call((pb) => pb.collection("users").create({ name: "Ann" }));
  assert.equal(ann.collectionName, "users");
  const post = await call((pb, author) => pb.collection("posts").create({ title: "Hello", body: "First", author }, { expand: "author" }), ann.id);
  assert.match(post.id, /^[a-z0-9]{15,}$/);
  assert.equal(post.author, ann.id);
  assert.deepEqual(post.expand, { author: { id: ann.id, name: "Ann" } });
  assert.ok(new Date(post.created) <= new Date());

  const read = await call((pb, id) => pb.collection("posts").getOne(id), post.id);
  assert.deepEqual([read.title, read.status, read.likes, read.author, read.expand], ["Hello", "open", 0, ann.id, undefined]);
  const changed = await call((pb, id) => pb.collection("posts").update(id, { title: "Changed", author: null }), post.id);
  assert.deepEqual([changed.title, changed.body, changed.author], ["Changed", "First", ""]);
  const form = await call((pb, id) => {
    const data = new FormData();
    data.set("body", "by a form");
    return pb.collection("posts").update(id, data);
  }, post.id);
  assert.deepEqual([form.title, form.body], ["Changed", "by a form"]);

  const many = await call((pb, id) => Promise.all(Array.from({ length: 20 }, () => pb.collection("posts").update(id, { "likes+": 1 }))).then(() => pb.collection("posts").getOne(id)), post.id);
  assert.equal(many.likes, 20);

  assert.deepEqual(await call((pb) => pb.collection("posts").create({ title: "", status: "lost" })), {
    name: "ClientResponseError 400",
    status: 400,
    message: "Title is required. Status must be one of: open, closed.",
    response: {
      status: 400,
      message: "Title is required. Status must be one of: open, closed.",
      data: {
        title: { code: "validation_required", message: "Title is required." },
        status: { code: "validation_values", message: "Status must be one of: open, closed." },
      },
    },
  });
  assert.deepEqual((await call((pb) => pb.collection("comments").create({ post: "none", text: "x" }))).response.data,
    { post: { code: "validation_reference", message: "Post refers to a record that does not exist." } });
  assert.equal((await call((pb) => pb.collection("posts").getOne("none"))).status, 404);
  assert.equal(await call((pb, id) => pb.collection("posts").delete(id), post.id), true);
  assert.equal((await call((pb, id) => pb.collection("posts").delete(id), post.id)).status, 404);
  assert.equal((await call((pb) => pb.collection("nothing").getList())).status, 404);
  assert.deepEqual(tab.complaints.splice(0).filter((text) => !/40[04]/.test(text)), []);
});

test("getList, getFullList and getFirstListItem", async () => {
  const made = await call(async (pb) => {
    for (const [title, status] of [["Delta", "open"], ["Alpha", "closed"], ["Charlie", "open"], ["Bravo", "open"], ["Echo", "closed"]]) {
      await pb.collection("posts").create({ title, status });
    }
    const list = await pb.collection("posts").getList(2, 2, { sort: "-title" });
    return { ...list, items: list.items.map((item) => item.title) };
  });
  assert.deepEqual(made, { page: 2, perPage: 2, totalItems: 5, totalPages: 3, items: ["Charlie", "Bravo"] });
  const titles = await call(async (pb) => {
    const of = (items) => items.map((item) => item.title).join();
    return {
      batches: of(await pb.collection("posts").getFullList({ batch: 2, sort: "title" })),
      open: of(await pb.collection("posts").getFullList({ filter: pb.filter("status = {:s}", { s: "open" }), sort: "-created" })),
      several: of(await pb.collection("posts").getFullList({ sort: "status,-title" })),
      oldest: of(await pb.collection("posts").getFullList()),
      some: of(await pb.collection("posts").getFullList({ filter: pb.filter("(title ~ {:t} || title = 'Echo') && created <= {:now} && author = ''", { t: "r", now: new Date() }), sort: "title" })),
      first: (await pb.collection("posts").getFirstListItem('status = "closed"', { sort: "title" })).title,
    };
  });
  assert.deepEqual(titles, { batches: "Alpha,Bravo,Charlie,Delta,Echo", open: "Bravo,Charlie,Delta", several: "Echo,Alpha,Delta,Charlie,Bravo", oldest: "Delta,Alpha,Charlie,Bravo,Echo", some: "Bravo,Charlie,Echo", first: "Alpha" });
  assert.equal((await call((pb) => pb.collection("posts").getList(1, 2, { sort: "-secret" }))).status, 400);
  assert.equal((await call((pb) => pb.collection("posts").getFirstListItem("secret = 1"))).message,
    "The filter cannot be used: secret is not among title, body, status, likes, author, author.name, id, created, updated.");
  assert.deepEqual(tab.complaints.splice(0).filter((text) => !text.includes("400")), []);
});

test("a reader posts, is told what is wrong, replies, likes, pages and filters", async () => {
  const { page } = tab;
  await open();
  await count("5 posts, page 1 of 2");
  await lists(["Echo", "Bravo", "Charlie"]);
  await page.getByRole("button", { name: "Post" }).click();
  await page.getByText("Title is required.").waitFor();
  await page.getByLabel("Author").selectOption("Ann");
  await page.getByRole("textbox", { name: "Title" }).fill("Hello");
  await page.getByRole("textbox", { name: "Body" }).fill("<b>first</b>");
  await page.getByRole("button", { name: "Post" }).click();
  await lists(["Hello", "Echo", "Bravo"]);
  await posts().first().getByText("Ann,").waitFor();
  for (const likes of ["♥ 1", "♥ 2"]) {
    await posts().first().getByRole("button", { name: "♥" }).click();
    await posts().first().getByText(likes).waitFor();
  }
  for (const text of ["One", "Two"]) {
    await page.getByLabel("Reply to Hello").fill(text);
    await posts().first().getByRole("button", { name: "Reply" }).click();
    await posts().first().getByRole("listitem").getByText(text).waitFor();
  }
  assert.deepEqual(await posts().first().getByRole("listitem").allInnerTexts(), ["One", "Two"]);
  await shot(page, "pocketbase");
  await page.getByRole("button", { name: "Next" }).click();
  await lists(["Charlie", "Alpha", "Delta"]);
  await count("6 posts, page 2 of 2");
  await page.getByLabel("Order").selectOption("most liked");
  await lists(["Hello", "Alpha", "Bravo"]);
  await page.getByLabel("Show").selectOption("closed");
  await lists(["Alpha", "Echo"]);
  await posts().first().getByRole("button", { name: "Open" }).click();
  await count("1 posts, page 1 of 1");
  await posts().first().getByRole("button", { name: "Delete" }).click();
  await count("0 posts, page 1 of 0");
  assert.deepEqual(tab.complaints.splice(0).filter((text) => !text.includes("400")), []);
});
