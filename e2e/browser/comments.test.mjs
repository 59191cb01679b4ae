// Drives the comment widget as a reader would. e2e/browser_test.go starts the servers.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const { SITE, SERVER, PROFILE, SHOTS } = process.env;
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const complaints = [];
let browser, page;

before(async () => {
  browser = await chromium.launchPersistentContext(PROFILE, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  // Avatars are the only thing the page asks of the outside; a test asks nothing of it.
  await browser.route(/gravatar\.com/, (route) => route.fulfill({ status: 200, contentType: "image/svg+xml", body: "<svg xmlns='http://www.w3.org/2000/svg'/>" }));
  await browser.addInitScript({ path: axe });
  page = await browser.newPage();
  page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/comments")) tokens.push(JSON.parse(request.postData()).captcha);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
});

after(() => browser?.close());

async function shot(name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}

async function accessible() {
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
}

/** The tokens that the widget sent with comments. */
const tokens = [];

/** Posts a comment as a robot would, with that token or none, and gives the status and the code. */
async function post(captcha) {
  const answer = await fetch(`${SERVER}/api/blog/comments`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ nick: "Robot", post: "hello-world", content: `Buy ${Math.random()}`, captcha }),
  });
  return [answer.status, (await answer.json()).code];
}

const comments = () => page.locator("li[data-id]");

test("a reader posts, is told what is wrong, replies and likes", async () => {
  await page.goto(`${SITE}/?api=${SERVER}/api/blog`);
  await page.getByText("0 comments").waitFor();

  const form = page.locator("#comments > form");
  await form.getByLabel("Nickname").fill("Ann");
  await form.getByLabel("Email").fill("nonsense");
  await form.getByLabel("Comment").fill("**Hello** <b onclick=alert(1)>bold</b><script>alert(2)</script>");
  await form.getByRole("button", { name: "Post comment" }).click();
  await form.getByRole("alert").getByText("Email must be an email address.").waitFor();
  await form.getByLabel("Email").fill("ann@example.org");
  await form.getByRole("button", { name: "Post comment" }).click();
  await page.getByText("1 comment", { exact: true }).waitFor();
  assert.equal(await comments().locator("strong", { hasText: "Hello" }).count(), 1);
  assert.equal(await comments().locator("[onclick], script").count(), 0);

  await comments().first().getByRole("button", { name: "Reply" }).click();
  const reply = comments().first().locator("form");
  await reply.getByLabel("Nickname").fill("本");
  await reply.getByLabel("Comment").fill("你好");
  await reply.getByRole("button", { name: "Post reply" }).click();
  await page.getByText("2 comments").waitFor();
  assert.equal(await page.locator("li li .answers").innerText(), "to Ann");

  // Each attempt solved a puzzle of its own; a robot that has none, or takes one that served, does not come in.
  assert.equal(tokens.length, 3);
  assert.equal(new Set(tokens).size, 3);
  for (const token of tokens) assert.match(token, /^[\w-]{94}:\d+$/);
  assert.deepEqual(await post(), [403, "captcha"]);
  assert.deepEqual(await post(tokens[1]), [403, "captcha"]);
  assert.deepEqual(await post(tokens[1].replace(/:.*/, ":0")), [403, "captcha"]);

  await page.locator("li li").getByRole("button", { name: "Like" }).click();
  await page.locator("li li .like span", { hasText: "1" }).waitFor();
  await shot("comments");
  await page.reload();
  await page.getByText("2 comments").waitFor();
  assert.equal(await page.locator("li li .like span").innerText(), "1");
  await accessible();
  // The refused email is a 400, which the browser reports as a failed load.
  assert.deepEqual(complaints.splice(0).filter((text) => !text.includes("400")), []);
});
