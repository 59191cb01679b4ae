// What requests did, in the logs: numbers, rows, filters, the drawer, the live tail.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import { accessible, api, apply, by, focusStays, panel, quiet, SERVER, shot, visit } from "./panel.mjs";

const file = `
project: log_tests
tables:
  notes:
    crud: /notes
    fields: {title: {type: text, required: true, max: 40}}
endpoints:
  secretly: {route: "GET /reset/{reset_token}", response: {body: {ok: true}}}
  one: {kind: VIEW, route: "GET /one/{id}", table: notes, filter: {uid: $params.id}}
`;
const call = (path, init) => fetch(`${SERVER}/api/log_tests${path}`, init);
const create = (title) => call("/notes", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ title }) });

/** Waits until the server has written as many requests. */
async function written(n) {
  for (;;) {
    const { items } = await api("GET", "/projects/log_tests/requests?limit=500");
    const { total } = await api("GET", "/projects/log_tests/traffic");
    if (items.length >= n && total.requests >= n) return items;
  }
}

const tab = panel();

before(async () => {
  await apply(file);
});

test("a project without requests says what to do", async () => {
  const { page } = tab;
  await page.emulateMedia({ reducedMotion: "reduce" }); // axe looks at colours that have arrived
  await visit(page, "/p/log_tests/logs");
  await page.getByText("No requests in this time").waitFor();
  await shot(page, "logs-empty");
});

test("what was called is there, without secrets", async () => {
  const { page } = tab;
  for (const title of ["first", "second", ""]) await create(title);
  for (const path of ["/notes?page=1&token=hidden-value", "/one/nobody", "/nowhere", "/reset/zq5zq"]) await call(path);
  await written(7);
  await by(page, "logs-refresh").click();
  await page.getByText("/reset/•••").waitFor();
  await page.getByText("/notes?page=…&token=…").waitFor();
  assert.equal(await page.locator("tbody tr[data-testid^=log-]").count(), 7);
  assert.match(await by(page, "logs-summary").textContent(), /^7 requests, 3 refused, 0 failed/);
  assert.ok(!(await page.content()).includes("zq5zq"));
  await accessible(page);
  await shot(page, "logs");
});

test("filters stand in the address and go back", async () => {
  const { page } = tab;
  await by(page, "status-4xx").click();
  await page.waitForURL(/status=4xx/);
  await page.locator("tbody tr[data-testid^=log-]").nth(3).waitFor({ state: "detached" });
  assert.equal(await page.locator("tbody tr[data-testid^=log-]").count(), 3);
  await by(page, "logs-search").fill("nowhere");
  await page.waitForURL(/q=nowhere/);
  await page.locator("tbody tr[data-testid^=log-]").nth(1).waitFor({ state: "detached" });
  await by(page, "logs-search").fill("nothing like it");
  await page.getByText("No request matches").waitFor();
  await by(page, "logs-clear").click();
  await page.locator("tbody tr[data-testid^=log-]").nth(6).waitFor();
  await page.goBack();
  await page.getByText("No request matches").waitFor();
  await page.goForward();
  await page.locator("tbody tr[data-testid^=log-]").nth(6).waitFor();
});

test("a row opens in full, by keyboard too", async () => {
  const { page } = tab;
  const refused = page.locator("tbody tr", { hasText: "invalid" });
  await refused.locator("button").focus();
  await page.keyboard.press("Enter");
  const drawer = by(page, "request-drawer");
  await drawer.waitFor();
  await page.waitForURL(/request=\d+/);
  assert.match(await by(page, "request-error").textContent(), /invalid.*title/i);
  assert.match(await by(page, "request-endpoint").textContent(), /create_notes/);
  await focusStays(page, drawer, 12);
  await accessible(page);
  await shot(page, "log-drawer");
  const address = page.url();
  await page.keyboard.press("Alt+ArrowDown");
  await page.waitForURL((url) => url.href !== address);
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await page.waitForURL((url) => !url.search.includes("request="));
  await page.goto(address);
  await by(page, "request-error").waitFor();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
});

test("the chart is read and zoomed by keys and by mouse", async () => {
  const { page } = tab;
  const plot = by(page, "logs-chart-plot");
  await plot.locator("canvas").waitFor();
  await plot.focus();
  await page.keyboard.press("End");
  assert.match(await plot.getAttribute("aria-valuetext"), /2xx–3xx \d+, 4xx \d+, 5xx \d+/);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await page.waitForURL(/since=.*until=/);
  await by(page, "range-fixed").click();
  await page.waitForURL((url) => !url.search.includes("since="));
  await plot.locator("canvas").waitFor();
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 40, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.97, box.y + 40, { steps: 8 });
  await page.mouse.up();
  await page.waitForURL(/since=.*until=/);
  assert.ok(await by(page, "logs-live").isDisabled());
  await by(page, "range-24h").click();
  await page.waitForURL(/range=24h/);
});

test("new requests come by themselves until that is paused", async () => {
  const { page } = tab;
  await by(page, "logs-live").click();
  await page.waitForURL(/live=1/);
  await create("while looking");
  await page.locator("tbody tr[data-testid^=log-]").nth(7).waitFor();
  await by(page, "logs-live").click();
  await page.waitForURL((url) => !url.search.includes("live=1"));
});

test("the list is exported as it is filtered", async () => {
  const { page } = tab;
  await by(page, "status-4xx").click();
  await page.waitForURL(/status=4xx/);
  await page.locator("tbody tr[data-testid^=log-]").nth(3).waitFor({ state: "detached" });
  const saved = page.waitForEvent("download");
  await by(page, "logs-export").click();
  const lines = (await readFile(await (await saved).path(), "utf8")).trim().split("\n").map((l) => JSON.parse(l));
  assert.equal(lines.length, 3);
  assert.ok(lines.every((l) => l.status >= 400 && l.request_id));
});

test("it fits a narrow window, in Chinese", async () => {
  const { page } = tab;
  await page.evaluate(() => localStorage.setItem("sayrud.language", '"zh-CN"'));
  await page.setViewportSize({ width: 420, height: 900 });
  await visit(page, "/p/log_tests/logs?range=24h");
  await page.getByText("24 小时").first().waitFor();
  await page.locator("tbody tr[data-testid^=log-]").first().waitFor();
  assert.ok(await page.evaluate(() => { const main = document.querySelector("main"); return main.scrollWidth <= main.clientWidth; }));
  await shot(page, "logs-narrow-zh");
  quiet(tab);
});
