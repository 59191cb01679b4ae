// Drives examples/datatables: DataTables in server-side mode, as it comes from npm. e2e/fronts_test.go starts the servers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { opened, SERVER, shot, SITE } from "./chromium.mjs";

const tab = opened();
const api = `${SERVER}/api/guestbook`;
const open = (method) => tab.page.goto(`${SITE}/?api=${api}&method=${method}`);
const info = (text) => tab.page.getByText(text, { exact: true }).waitFor();
const row = (text) => tab.page.locator("#messages tbody tr", { hasText: text });

/** Waits until the first column but one reads so. */
async function lists(want) {
  const read = () => [...document.querySelectorAll("#messages tbody tr td:nth-child(2)")].map((cell) => cell.innerText).join();
  await tab.page.waitForFunction(`(${read})() === ${JSON.stringify(want.join())}`).catch(async () => assert.equal(await tab.page.evaluate(read), want.join()));
}

async function write(nick, text) {
  await tab.page.getByRole("textbox", { name: "Nickname", exact: true }).fill(nick);
  await tab.page.getByRole("textbox", { name: "Message", exact: true }).fill(text);
  await tab.page.getByRole("button", { name: "Write" }).click();
}

test("a reader writes, is told what is wrong, replies and votes", async () => {
  const { page } = tab;
  await open("GET");
  await info("No data available in table");
  await write("Ann", "");
  await page.getByText("Message is required.").waitFor();
  await write("Ann", "Hello <b>world</b>");
  await lists(["Hello <b>world</b>"]);
  await row("Hello").getByRole("button", { name: "Reply" }).click();
  await page.getByText("to Ann").waitFor();
  await write("本", "你好");
  await lists(["你好", "Hello <b>world</b>"]);
  assert.equal(await row("你好").locator("td").nth(2).innerText(), "Ann");
  for (const votes of ["1", "2"]) {
    await row("Hello").getByRole("button", { name: "Vote" }).click();
    await row("Hello").getByRole("cell", { name: votes, exact: true }).waitFor();
  }
  await info("Showing 1 to 2 of 2 entries");
  assert.deepEqual(tab.complaints.splice(0).filter((text) => !text.includes("400")), []);
});

for (const method of ["GET", "POST"]) {
  test(`pages, sorts and searches by ${method}`, async () => {
    const { page } = tab;
    if (method === "GET") {
      for (const [nick, text] of [["Ben", "Delta"], ["Cleo", "Alpha"], ["Ben", "Echo"], ["Cleo", "Bravo"], ["Ben", "Charlie"]]) {
        const response = await fetch(`${api}/messages`, { method: "POST", body: new URLSearchParams({ nick, text }) });
        assert.equal(response.status, 201);
      }
    }
    await open(method);
    await lists(["Charlie", "Bravo", "Echo", "Alpha", "Delta"]);
    await info("Showing 1 to 5 of 7 entries");
    await shot(page, `datatables-${method.toLowerCase()}`);
    await page.locator(".dt-paging").getByText("2", { exact: true }).click();
    await lists(["你好", "Hello <b>world</b>"]);
    await info("Showing 6 to 7 of 7 entries");

    await page.getByRole("columnheader", { name: "Message" }).click();
    await lists(["Alpha", "Bravo", "Charlie", "Delta", "Echo"]);
    await page.getByRole("columnheader", { name: "Nickname" }).click();
    await page.getByRole("columnheader", { name: "Message" }).click({ modifiers: ["Shift"] });
    await page.getByRole("columnheader", { name: "Message" }).click({ modifiers: ["Shift"] });
    await lists(["Hello <b>world</b>", "Echo", "Delta", "Charlie", "Bravo"]);

    await page.getByRole("searchbox", { name: "Search" }).fill("A");
    await page.getByLabel("Only nicknames with").fill("cl");
    await lists(["Bravo", "Alpha"]);
    await info("Showing 1 to 2 of 2 entries (filtered from 7 total entries)");
    await page.getByLabel("Only nicknames with").fill("");
    await page.getByRole("searchbox", { name: "Search" }).fill("nothing has this");
    await info("No matching records found");
    await page.getByRole("searchbox", { name: "Search" }).fill("");
    await page.getByLabel("entries per page").selectOption("-1");
    await info("Showing 1 to 7 of 7 entries");
    assert.deepEqual(tab.complaints.splice(0), []);
  });
}

test("answers a broken request with a sentence that DataTables shows", async () => {
  const answer = await fetch(`${api}/rows?draw=3&order[0][name]=ip`);
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), { error: "sort must be one of: created_at, nick, text, votes, answers." });
});
