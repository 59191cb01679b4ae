// Drives examples/react-admin: react-admin and ra-data-simple-rest as they come from npm. e2e/fronts_test.go starts the servers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { opened, SERVER, shot, SITE } from "./chromium.mjs";

const tab = opened();
const api = `${SERVER}/api/desk`;
async function open(hash) {
  await tab.page.goto("about:blank"); // the page begins anew, even where only its hash changes
  await tab.page.goto(`${SITE}/?api=${api}#${hash}`);
}
const rows = () => tab.page.locator("tbody tr");
const titles = () => tab.page.locator("tbody tr .column-title").allInnerTexts();
const field = (name) => tab.page.getByRole("textbox", { name });
const send = (body) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

async function choose(label, option) {
  await tab.page.getByRole("combobox", { name: label }).click();
  await tab.page.getByRole("option", { name: option, exact: true }).click();
}

/** The titles of the list, once they are those. */
async function lists(want) {
  const seen = () => tab.page.waitForFunction((text) => [...document.querySelectorAll("tbody tr .column-title")].map((cell) => cell.innerText).join() === text, want.join());
  await seen().catch(async () => assert.deepEqual(await titles(), want));
}

test("an editor makes an author, is told what is wrong, and writes a post", async () => {
  const { page } = tab;
  await open("/authors/create");
  await field("Name").fill("Ann");
  await field("Email").fill("nonsense");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Email must be an email address.").first().waitFor();
  await shot(page, "react-admin-error");
  await field("Email").fill("ann@example.org");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "Ann", exact: true }).waitFor();

  await open("/posts/create");
  await field("Title").fill("Hello");
  await field("Body").fill("The first post");
  await choose("Status", "open");
  await page.getByRole("combobox", { name: "Author" }).fill("An");
  await page.getByRole("option", { name: "Ann" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await lists(["Hello"]);
  await rows().first().getByText("Ann").waitFor(); // by getMany
  assert.deepEqual(tab.complaints.splice(0).filter((text) => !text.includes("400")), []);
});

test("pages, sorts, searches and filters", async () => {
  const { page } = tab;
  const [ann] = await (await fetch(`${api}/authors`)).json();
  for (const [i, title] of ["Delta", "Alpha", "Echo", "Bravo", "Foxtrot", "Charlie"].entries()) {
    const body = { title, body: `Number ${i}`, status: i % 2 ? "open" : "draft", author_id: i < 3 ? ann.id : null };
    assert.equal((await fetch(`${api}/posts`, send(body))).status, 201);
  }
  await open("/posts");
  await lists(["Charlie", "Foxtrot", "Bravo", "Echo", "Alpha"]);
  await page.getByText("1-5 of 7").waitFor();
  await page.getByRole("button", { name: "Go to page 2" }).click();
  await lists(["Delta", "Hello"]);
  await page.getByText("6-7 of 7").waitFor();
  await page.getByRole("button", { name: "Sort by title ascending" }).click();
  await lists(["Alpha", "Bravo", "Charlie", "Delta", "Echo"]);
  await shot(page, "react-admin-list");
  await page.getByRole("button", { name: "Sort by title descending" }).click();
  await lists(["Hello", "Foxtrot", "Echo", "Delta", "Charlie"]);

  await page.getByPlaceholder("Search").fill("number 3");
  await lists(["Bravo"]);
  await page.getByPlaceholder("Search").fill("");
  await choose("Status", "open");
  await lists(["Hello", "Charlie", "Bravo", "Alpha"]);
  await page.getByRole("combobox", { name: "Author" }).click();
  await page.getByRole("option", { name: "Ann" }).click();
  await lists(["Hello", "Alpha"]);
  await page.getByText("1-2 of 2").waitFor();
  assert.deepEqual(tab.complaints.splice(0), []);
});

test("votes, replies and counts replies", async () => {
  const { page } = tab;
  const hello = (await (await fetch(`${api}/posts?filter={"q":"Hello"}`)).json())[0];
  await open(`/posts/${hello.id}/show`);
  await page.getByText("The first post").waitFor();
  for (const want of ["1", "2"]) {
    await page.getByRole("button", { name: "Like" }).click();
    await page.locator(".ra-field-likes").getByText(want, { exact: true }).waitFor();
  }
  for (const text of ["First reply", "Second reply"]) {
    await page.getByLabel("Your reply").fill(text);
    await page.getByRole("button", { name: "Reply", exact: true }).click();
    await page.getByRole("cell", { name: text }).waitFor();
  }
  await page.getByText("1-2 of 2").waitFor();
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  await page.getByText("Comment is required.").waitFor();
  await shot(page, "react-admin-show");
  await rows().first().getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("1-1 of 1").waitFor();
  assert.deepEqual(tab.complaints.splice(0).filter((text) => !text.includes("400")), []);
});

test("edits, deletes one and several, and is told what may not go", async () => {
  const { page } = tab;
  const delta = (await (await fetch(`${api}/posts?filter={"q":"Number 0"}`)).json())[0];
  await open(`/posts/${delta.id}`);
  await field("Title").fill("Zulu");
  await field("Body").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("updated").waitFor();
  const changed = await (await fetch(`${api}/posts/${delta.id}`)).json();
  assert.deepEqual({ title: changed.title, body: changed.body, author_id: changed.author_id, likes: changed.likes }, { title: "Zulu", body: null, author_id: delta.author_id, likes: 0 });

  await open('/posts?sort=title&order=DESC&filter={}');
  await lists(["Zulu", "Hello", "Foxtrot", "Echo", "Charlie"]);
  for (const i of [0, 2]) await rows().nth(i).getByRole("checkbox").check();
  await page.getByText("2 items selected").waitFor();
  const gone = page.waitForResponse((response) => response.request().method() === "DELETE");
  await page.locator("[data-test=bulk-actions-toolbar]").getByRole("button", { name: "Delete" }).click();
  await lists(["Hello", "Echo", "Charlie", "Bravo", "Alpha"]);
  await gone;
  await page.getByRole("menuitem", { name: "Authors" }).click();
  await page.locator("td.column-name").getByText("Ann", { exact: true }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("The record cannot be deleted while records of Posts refer to it.").waitFor();
  await page.getByRole("menuitem", { name: "Posts" }).click();
  await page.getByText("1-5 of 5").waitFor();
  assert.deepEqual(tab.complaints.splice(0).filter((text) => !text.includes("409")), []);
});
