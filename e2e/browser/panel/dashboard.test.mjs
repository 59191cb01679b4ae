// The dashboard of a new project, and of one that is called.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { accessible, api, apply, by, panel, quiet, SERVER, shot, visit } from "./panel.mjs";

const full = `
project: dashboard_tests
tables:
  notes:
    crud: /notes
    fields: {title: {type: text, required: true, max: 40}}
  a_table_with_quite_a_long_name_that_is_clipped: {fields: {title: {type: text}}}
endpoints:
  one: {kind: VIEW, route: "GET /one/{id}", table: notes, filter: {uid: $params.id}}
`;
const call = (path, init) => fetch(`${SERVER}/api/dashboard_tests${path}`, init);
const marks = (page) => page.locator("[data-testid^=step-]").evaluateAll((list) => list.map((e) => e.dataset.done));

const tab = panel();

before(async () => {
  await apply("project: dashboard_tests");
});

test("a new project shows its first steps, and each leads on", async () => {
  const { page } = tab;
  await page.emulateMedia({ reducedMotion: "reduce" }); // axe looks at colours that have arrived
  await visit(page, "/p/dashboard_tests");
  await by(page, "checklist").waitFor();
  assert.deepEqual(await marks(page), ["false", "false", "false", "false"]);
  await page.getByText("There is no endpoint to call yet").waitFor();
  await accessible(page);
  await shot(page, "dashboard-new");
  await by(page, "step-table").click();
  await page.waitForURL(/\/p\/dashboard_tests\/tables/);
});

test("the steps read what is there", async () => {
  const { page } = tab;
  await api("POST", "/apply", { source: full });
  await visit(page, "/p/dashboard_tests");
  await page.locator("[data-testid=step-table][data-done=true]").waitFor();
  assert.deepEqual(await marks(page), ["true", "false", "true", "false"]);
  await api("POST", "/projects/dashboard_tests/try/endpoint", { name: "one", definition: { route: "GET /one/{id}", response: { body: "x" } }, request: { path: "/one/1" } });
  for (const title of ["first", "second", "third", ""]) {
    await call("/notes", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ title }) });
  }
  for (const path of ["/notes", "/notes?page=2", "/one/nobody", "/nowhere"]) await call(path);
  for (;;) { // until the server has written them
    const { was_tried, was_called } = await api("GET", "/projects/dashboard_tests/overview");
    const { total } = await api("GET", "/projects/dashboard_tests/traffic");
    if (was_tried && was_called && total.requests === 8) break;
  }
  await visit(page, "/p/dashboard_tests");
  await page.getByText("All steps are done").waitFor();
  assert.deepEqual(await marks(page), ["true", "true", "true", "true"]);
  await by(page, "checklist-dismiss").click();
  await by(page, "checklist").waitFor({ state: "detached" });
  await page.reload();
  await by(page, "total-requests").waitFor();
  assert.equal(await by(page, "checklist").count(), 0);
});

test("numbers, tops, sizes and health are there", async () => {
  const { page } = tab;
  assert.equal(await by(page, "total-requests").textContent(), "8");
  assert.match(await by(page, "total-errors").textContent(), /^3 /);
  await by(page, "chart-requests-plot").locator("canvas").waitFor();
  await by(page, "chart-durations-plot").locator("canvas").waitFor();
  await by(page, "slow-list_notes").waitFor();
  await by(page, "failing-one").waitFor();
  for (const [card, text] of [["tables", "notes"], ["health", "PostgreSQL"], ["deliveries", "dead"], ["changes", "apply"]]) {
    assert.match(await by(page, `card-${card}`).textContent(), new RegExp(text), card);
  }
  await by(page, "chart-requests-numbers").click();
  assert.ok(await by(page, "chart-requests").locator("tbody tr").count() > 20);
  await accessible(page);
  await by(page, "chart-requests-numbers").click();
  await shot(page, "dashboard");
  await page.evaluate(() => document.documentElement.setAttribute("theme-mode", "dark"));
  await shot(page, "dashboard-dark");
  await page.evaluate(() => document.documentElement.setAttribute("theme-mode", "light"));
});

test("an endpoint with errors leads to them in the logs", async () => {
  const { page } = tab;
  await by(page, "failing-one").click();
  await page.waitForURL(/logs\?.*endpoint=one/);
  await page.locator("tbody tr[data-testid^=log-]").first().waitFor();
  assert.equal(await page.locator("tbody tr[data-testid^=log-]").count(), 1);
});

test("it fits a narrow window, in Chinese", async () => {
  const { page } = tab;
  await page.evaluate(() => localStorage.setItem("sayrud.language", '"zh-CN"'));
  await page.setViewportSize({ width: 420, height: 900 });
  await visit(page, "/p/dashboard_tests");
  await page.getByText("最慢的接口").waitFor();
  assert.ok(await page.evaluate(() => { const main = document.querySelector("main"); return main.scrollWidth <= main.clientWidth; }));
  await shot(page, "dashboard-narrow-zh");
  quiet(tab);
});
