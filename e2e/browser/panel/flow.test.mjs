// The onion of middlewares: dragged by pointer, moved by keys, its settings in a card; what is saved is what one sees.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, api, apply, by, panel, quiet, shot, visit } from "./panel.mjs";

const tab = panel();
const project = `project: flow_panel
defaults:
  middlewares: [{cors: {}}, {rate_limit: {limit: 60, by: $request.ip}}, {ip_filter: {deny: [203.0.113.7]}}, main]
`;
const path = "/p/flow_panel/settings/defaults";

const order = (page) => page.locator("[data-sort-list=lane] [data-node]").evaluateAll((nodes) => nodes.map((n) => n.dataset.node));
const saved = async () => (await api("GET", "/projects/flow_panel")).definition.defaults?.middlewares.map((s) => (typeof s === "string" ? s : Object.keys(s)[0]));
const said = (page, text) => page.getByTestId("announcement").filter({ hasText: text }).waitFor();

async function middle(locator) {
  await locator.scrollIntoViewIfNeeded();
  const box = await locator.boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Lifts one element over another; before lets something happen while it is held. */
async function drag(page, what, onto, before = async () => {}) {
  const to = onto.x === undefined ? await middle(onto) : onto;
  const from = await middle(what);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 6, from.y);
  await page.mouse.move(to.x, to.y, { steps: 12 });
  await before();
  await page.mouse.up();
  await page.locator(".dnd-ghost").waitFor({ state: "detached" });
}

/** Saves, reads the page again, and compares what is seen with what the server has. */
async function holds(page, want) {
  assert.deepEqual(await order(page), want);
  await by(page, "save-defaults").click();
  await page.locator("[data-testid=save-defaults][disabled]").waitFor();
  await visit(page, path);
  await by(page, "lane").waitFor();
  assert.deepEqual(await order(page), want);
  assert.deepEqual(await saved(), want);
}

async function fresh(page) {
  await apply(project);
  await visit(page, path);
  await by(page, "node-main").waitFor();
  await by(page, "palette-cors").waitFor();
}

test("by pointer: to the right, to the left, from the palette", async () => {
  const { page } = tab;
  await fresh(page);
  await drag(page, by(page, "node-cors-open"), by(page, "node-ip_filter-open"));
  await holds(page, ["rate_limit", "ip_filter", "cors", "main"]);
  await drag(page, by(page, "node-cors-open"), by(page, "node-rate_limit-open"));
  await holds(page, ["cors", "rate_limit", "ip_filter", "main"]);
  await drag(page, by(page, "palette-body_limit"), by(page, "node-rate_limit-open"), () => shot(page, "flow-drag"));
  await by(page, "setting-bytes").fill("65536");
  await page.keyboard.press("Escape");
  await by(page, "config-card").waitFor({ state: "detached" });
  const now = await order(page);
  assert.equal(now.length, 5);
  await holds(page, now);
  quiet(tab);
});

test("Escape while dragging restores; what leaves the lane is removed, and undone; main stays", async () => {
  const { page } = tab;
  await fresh(page);
  const before = await order(page);
  await drag(page, by(page, "node-cors-open"), by(page, "node-main-open"), () => page.keyboard.press("Escape"));
  assert.deepEqual(await order(page), before);
  const far = { x: 700, y: 780 };
  await drag(page, by(page, "node-main-open"), far);
  assert.deepEqual(await order(page), before);
  await drag(page, by(page, "node-ip_filter-open"), far);
  assert.deepEqual(await order(page), ["cors", "rate_limit", "main"]);
  await by(page, "node-cors-open").focus();
  await page.keyboard.press("Control+z");
  await by(page, "node-ip_filter").waitFor();
  assert.deepEqual(await order(page), before);
  await page.keyboard.press("Control+Shift+z");
  await by(page, "node-ip_filter").waitFor({ state: "detached" });
  quiet(tab);
});

test("by keys alone: lift, move, restore, drop, add, configure, delete", async () => {
  const { page } = tab;
  await fresh(page);
  await by(page, "node-cors-open").focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), "node-rate_limit-open");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await said(page, "Rate limit: place 3 of 4");
  await page.keyboard.press("ArrowRight");
  await said(page, "place 4 of 4");
  await page.keyboard.press("Escape");
  await said(page, "back where it was");
  assert.deepEqual(await order(page), ["cors", "rate_limit", "ip_filter", "main"]);
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await said(page, "dropped");
  await page.keyboard.press("Alt+ArrowLeft");
  await said(page, "place 2 of 4");
  await page.keyboard.press("Delete");
  await said(page, "Rate limit is removed");
  await by(page, "node-main-open").focus();
  await page.keyboard.press("Delete");
  await by(page, "palette-search").focus();
  await page.keyboard.type("cache");
  await page.keyboard.press("Enter");
  await by(page, "node-cache").waitFor();
  await page.waitForFunction(() => document.activeElement.dataset.testid === "node-cache-open");
  await page.keyboard.press("Enter");
  await by(page, "config-card").waitFor();
  await accessible(page);
  await shot(page, "flow-card");
  await by(page, "setting-ttl").fill("5");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement.dataset.testid === "node-cache-open");
  await holds(page, ["cors", "ip_filter", "cache", "main"]);
  const steps = (await api("GET", "/projects/flow_panel")).definition.defaults.middlewares;
  assert.deepEqual(steps[2], { cache: { ttl: "5m" } });
  quiet(tab);
});

test("the menu of a step moves, duplicates and removes; problems of the server stand at their step", async () => {
  const { page } = tab;
  await fresh(page);
  await by(page, "node-ip_filter-menu").click();
  await by(page, "node-ip_filter-menu-first").click();
  assert.deepEqual(await order(page), ["ip_filter", "cors", "rate_limit", "main"]);
  await by(page, "node-cors-menu").click();
  await by(page, "node-cors-menu-duplicate").click();
  assert.deepEqual(await order(page), ["ip_filter", "cors", "cors", "rate_limit", "main"]);
  await by(page, "node-cors-menu").first().click();
  await by(page, "node-cors-menu-delete").click();
  assert.equal(await by(page, "node-main-menu").count(), 0);
  await by(page, "node-rate_limit-open").click();
  await by(page, "setting-limit").fill("0");
  await page.getByRole("alert").filter({ hasText: "Between 1 and 1000000" }).waitFor();
  await page.keyboard.press("Escape");
  await by(page, "save-defaults").click();
  await by(page, "node-problem").waitFor();
  tab.complaints.splice(0, tab.complaints.length, ...tab.complaints.filter((c) => !/status of 400/.test(c)));
  await accessible(page);
  await by(page, "node-rate_limit-open").click();
  await by(page, "setting-limit").fill("5");
  await page.keyboard.press("Escape");
  await holds(page, ["ip_filter", "cors", "rate_limit", "main"]);
  quiet(tab);
});

test("on a narrow window the line goes on below", async () => {
  const { page } = tab;
  await page.setViewportSize({ width: 420, height: 900 });
  await fresh(page);
  await drag(page, by(page, "node-ip_filter-open"), by(page, "node-cors-open"));
  await holds(page, ["ip_filter", "cors", "rate_limit", "main"]);
  await shot(page, "flow-narrow");
  quiet(tab);
});
