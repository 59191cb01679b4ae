// The structure of a table: fields by mouse and by keys, constraints and generated fields tried while typed, all saved as one change.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, api, apply, by, focusStays, panel, quiet, shot, visit } from "./panel.mjs";

const tab = panel();
const project = "schema_editor";
const path = (table, query = "") => `/p/${project}/t/${table}/schema${query}`;

before(async () => {
  await apply(`project: ${project}
tables:
  fresh: {}
  notes:
    label: Notes
    fields:
      title: {type: text, required: true, max: 80}
      body: {type: text}
      email: {type: email}
      parent: {type: reference, to: notes, display: title}
      score: {type: number}
endpoints:
  list: {kind: LIST, route: GET /notes, table: notes, filter: {title: Ada}, response: {body: {items: [{$each: $records, t: $record.title}]}}}
`);
  for (const [title, email, score] of [["Ada", "Ada@Example.org", 1], ["Bob", "bob@example.org", 2], ["Cyd", null, 30]]) {
    await api("POST", `/projects/${project}/tables/notes/records`, { data: { title, email, score, body: title.toLowerCase() } });
  }
});
after(() => api("DELETE", `/projects/${project}?confirm=${project}`));

const fields = async (table) => Object.entries((await api("GET", `/projects/${project}/tables/${table}`)).definition.fields ?? {});
const names = (page) => page.locator("[data-sort-list=fields] .name").allInnerTexts();
const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute("data-testid"));

/** No complaint but of what the server was meant to refuse. */
function quietBut(status) {
  tab.complaints.splice(0, tab.complaints.length, ...tab.complaints.filter((c) => !c.includes(`status of ${status}`)));
  quiet(tab);
}

/** Saves by keys: Ctrl+S opens the plan, Enter agrees. */
async function save(page) {
  await page.keyboard.press("Control+s");
  await by(page, "plan-save").and(page.locator(":enabled")).waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-testid") === "plan-save");
  await page.keyboard.press("Enter");
  await by(page, "plan").waitFor({ state: "detached" });
}

test("a new table gets its fields by keys alone", async () => {
  const { page } = tab;
  await visit(page, path("fresh"));
  await shot(page, "schema-empty");
  await accessible(page);
  assert.equal(await focused(page), "add-name");
  for (const name of ["title", "Email", "created on", "likes"]) {
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-testid") === "add-name" && !document.activeElement.value);
  }
  assert.deepEqual(await names(page), ["title", "email", "created_on", "likes"]);
  await page.keyboard.type("title");
  await page.keyboard.press("Enter");
  await page.getByText("There is title already.").waitFor();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await save(page);
  assert.deepEqual((await fields("fresh")).map(([n, f]) => [n, f.type, f.label, f.integer]), [
    ["title", "text", undefined, undefined], ["email", "email", "Email", undefined], ["created_on", "date", "created on", undefined], ["likes", "number", undefined, true],
  ]);
  // Arrows choose, Alt+↑ moves, Delete drops, Ctrl+Z takes it back.
  await by(page, "field-likes").focus();
  await page.keyboard.press("Alt+ArrowUp");
  assert.deepEqual(await names(page), ["title", "email", "likes", "created_on"]);
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-testid") === "field-likes");
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-testid") === "field-email");
  await page.keyboard.press("Delete");
  assert.deepEqual(await names(page), ["title", "likes", "created_on"]);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  assert.deepEqual(await names(page), ["title", "email", "created_on", "likes"]);
  assert.equal(await by(page, "save").isDisabled(), true);
  quiet(tab);
});

test("a generated field is tried while it is typed, with its errors in place", async () => {
  const { page } = tab;
  await visit(page, path("notes"));
  await by(page, "add-name").fill("email_md5");
  await by(page, "add-type").fill("formula");
  await by(page, "add-type-generated").click();
  await by(page, "add-submit").click();
  await by(page, "expression").click();
  await page.keyboard.type("md5(lower(trim(emial");
  await page.getByText("did you mean email").waitFor();
  assert.equal(await page.locator(".cm-lintRange-error").first().innerText(), "emial");
  await shot(page, "schema-expression-error");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("md5(lower(trim(em");
  await page.locator(".cm-tooltip-autocomplete .cm-completionLabel").first().waitFor();
  await page.waitForFunction(() => document.querySelector(".cm-tooltip-autocomplete [aria-selected]"));
  await page.keyboard.press("Tab");
  await by(page, "preview").getByText("text").first().waitFor();
  await page.locator("[data-testid=preview] td.value").nth(2).waitFor();
  const values = await page.locator("[data-testid=preview] td.value").allInnerTexts();
  assert.ok(values.includes("NULL") && values.some((v) => /^[0-9a-f]{32}$/.test(v)), values.join());
  await shot(page, "schema-expression");
  await accessible(page);
  await save(page);
  assert.equal((await fields("notes")).at(-1)[1].expression, "md5(lower(trim(email)))");
  quietBut(400);
});

test("a constraint is asked of real records, and which of them break it is counted", async () => {
  const { page } = tab;
  await visit(page, path("notes", "?field=score"));
  await by(page, "constraint-add").click();
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-testid") === "constraint");
  await page.keyboard.type("$value < 10");
  await by(page, "bench-row").nth(2).waitFor();
  await page.waitForFunction(() => document.querySelectorAll("[data-testid=bench-row] .no").length === 1);
  await page.getByText("2 of 3 accepted").waitFor();
  await by(page, "count").click();
  await by(page, "counted").getByText("1 of 3").waitFor();
  await shot(page, "schema-constraint");
  await accessible(page);
  // What it throws stands at its place.
  await by(page, "constraint").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("$value.nothing()");
  await page.waitForFunction(() => document.querySelectorAll("[data-testid=bench-row] .error").length === 3);
  await by(page, "constraint-problems").getByText("1:").waitFor();
  // What is no JavaScript too.
  await page.keyboard.press("Control+a");
  await page.keyboard.type("$thiss.score > 1");
  await page.getByText("$thiss").nth(1).waitFor();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("$value < 10");
  await page.waitForFunction(() => document.querySelectorAll("[data-testid=bench-row] .no").length === 1);
  await page.keyboard.press("Control+s");
  await by(page, "breaking").waitFor();
  await shot(page, "schema-plan-breaking");
  await by(page, "plan-save").click();
  await by(page, "plan").waitFor({ state: "detached" });
  assert.equal((await fields("notes")).find(([n]) => n === "score")[1].constraint, "$value < 10");
  quietBut(400);
});

test("everything changed is saved as one, after a plan that says what happens", async () => {
  const { page } = tab;
  await visit(page, path("notes"));
  const { revision } = await api("GET", `/projects/${project}`);
  await by(page, "name").fill("heading");
  await by(page, "field-body").click();
  await by(page, "type").click();
  await by(page, "type-number").click();
  await by(page, "field-parent").click();
  await by(page, "field-menu").click();
  await by(page, "field-menu-drop").click();
  await drag(page, "move-score", "field-heading");
  assert.equal((await names(page))[0], "score");
  await by(page, "save").click();
  await by(page, "misfit").waitFor();
  const plan = by(page, "plan");
  await plan.getByText("Rename title → heading").waitFor();
  await plan.getByText("Drop parent").waitFor();
  await plan.getByText("3 records hold values that do not fit").waitFor();
  await plan.getByText("endpoint list").waitFor();
  await shot(page, "schema-plan");
  await accessible(page);
  await focusStays(page, plan);
  await by(page, "plan-save").click();
  await plan.waitFor({ state: "detached" });
  const after = await fields("notes");
  assert.deepEqual(after.map(([n, f]) => `${n} ${f.type}`), ["score number", "heading text", "body number", "email email", "email_md5 generated"]);
  assert.equal((await api("GET", `/projects/${project}`)).revision, revision + 1);
  // What was dropped comes back.
  await by(page, "view-upkeep").click();
  await by(page, "restore-parent").waitFor();
  await shot(page, "schema-upkeep");
  await accessible(page);
  await by(page, "restore-parent").click();
  await by(page, "restore-parent").waitFor({ state: "detached" });
  assert.equal((await fields("notes")).at(-1)[0], "parent");
  quiet(tab);
});

test("a field that an endpoint uses is not dropped, and the dialog names the endpoint", async () => {
  const { page } = tab;
  await visit(page, path("notes", "?field=heading"));
  await by(page, "field-heading").press("Delete");
  await page.keyboard.press("Control+s");
  await by(page, "refused").getByRole("link", { name: "endpoint list" }).first().waitFor();
  assert.equal(await by(page, "plan-save").isDisabled(), true);
  await shot(page, "schema-refused");
  await page.keyboard.press("Escape");
  await by(page, "keep-heading").click();
  assert.equal(await by(page, "save").isDisabled(), true);
  quietBut(400);
});

test("what somebody else changed meanwhile is compared, and nothing of either is lost", async () => {
  const { page } = tab;
  await visit(page, path("notes", "?field=email"));
  await by(page, "label").fill("Mail");
  await api("PATCH", `/projects/${project}/tables/notes/fields/score`, { patch: { label: "Points" } });
  await api("PATCH", `/projects/${project}/tables/notes/fields/email`, { patch: { label: "Address" } });
  await page.keyboard.press("Control+s");
  const dialog = by(page, "conflict");
  await dialog.waitFor();
  await by(page, "clashes").getByText("email.label").waitFor();
  await shot(page, "schema-conflict");
  await accessible(page);
  await focusStays(page, dialog);
  await by(page, "conflict-mine").click();
  await dialog.waitFor({ state: "detached" });
  await save(page);
  const now = Object.fromEntries(await fields("notes"));
  assert.deepEqual([now.score.label, now.email.label], ["Points", "Mail"]);
  quietBut(409);
});

test("settings, unique combinations and the definition as text are part of the same change", async () => {
  const { page } = tab;
  await visit(page, path("fresh", "?view=table"));
  await by(page, "table-label").fill("Fresh things");
  await by(page, "unique-add").click();
  await by(page, "unique-title").check();
  await by(page, "unique-email").check();
  await by(page, "unique-done").click();
  await by(page, "crud").click();
  await shot(page, "schema-settings");
  await accessible(page);
  await by(page, "view-text").click();
  await by(page, "definition").getByText('"Fresh things"').waitFor();
  await shot(page, "schema-json");
  await accessible(page);
  await save(page);
  const { definition } = await api("GET", `/projects/${project}/tables/fresh`);
  assert.deepEqual([definition.label, definition.unique, definition.crud], ["Fresh things", [["title", "email"]], "/fresh"]);
  quiet(tab);
});

test("edits are not left behind unasked, and Chinese is complete", async () => {
  const { page } = tab;
  await visit(page, path("fresh", "?field=title"));
  await by(page, "label").fill("Title");
  await by(page, "table-records").click();
  await by(page, "confirm").waitFor();
  await focusStays(page, by(page, "confirm"), 8);
  await by(page, "confirm-no").click();
  assert.equal(await by(page, "label").inputValue(), "Title");
  await by(page, "undo").click();
  await by(page, "language").click();
  await by(page, "language-zh-CN").click();
  await page.getByText("保存数据表").waitFor();
  await shot(page, "schema-zh");
  await page.setViewportSize({ width: 420, height: 800 });
  await shot(page, "schema-narrow");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.setViewportSize({ width: 1280, height: 800 });
  await by(page, "language").click();
  await by(page, "language-en").click();
  await page.getByText("Save table").waitFor();
  quiet(tab);
});

/** Drags a handle before another field. */
async function drag(page, handle, onto) {
  const from = await by(page, handle).boundingBox(), to = await by(page, onto).boundingBox();
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + 8, from.y - 6, { steps: 3 });
  await page.mouse.move(to.x + 8, to.y - 6, { steps: 12 });
  await page.locator(".dnd-placeholder").waitFor();
  await page.mouse.up();
  await page.locator(".dnd-ghost").waitFor({ state: "detached" });
}
