// The list of tables: what each holds; made by name, made from a file, copied, renamed, exported, dropped.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { accessible, api, apply, becomes, by, focusStays, panel, quiet, shot, visit } from "./panel.mjs";

const tab = panel();
const names = async () => (await api("GET", "/projects/tabletest/tables")).items.map((t) => t.name).sort();
const fieldsOf = async (table) => Object.entries((await api("GET", `/projects/tabletest/tables/${table}`)).definition.fields).map(([name, f]) => [name, f.integer ? "integer" : f.type]);
const records = async (table) => (await api("GET", `/projects/tabletest/tables/${table}/records?size=100`)).items;
const menu = async (table, item) => {
  await by(tab.page, `table-menu-${table}`).click();
  await by(tab.page, `table-menu-${table}-${item}`).click();
};
const long = "A table whose name is so long that nobody can read all of it in one line of any screen that people have";

before(async () => {
  await apply(`project: tabletest
timezone: Asia/Shanghai
tables:
  posts:
    label: Posts
    crud: {path: /posts}
    fields:
      title: {type: text, required: true}
      parent: {type: reference, to: posts, display: title}
      words: {type: generated, expression: "length(title)"}
  notes: {label: "${long}", fields: {text: {type: text}}}
`);
  await api("POST", "/projects/tabletest/tables/posts/records/batch", { create: Array.from({ length: 999 }, (_, i) => ({ data: { title: `post ${i}` } })) });
});

test("each table says what it holds", async () => {
  const { page } = tab;
  await visit(page, "/p/tabletest/tables");
  await by(page, "records-posts").getByText("999").waitFor();
  await by(page, "records-notes").getByText("0", { exact: true }).waitFor();
  assert.match(await by(page, "size-posts").textContent(), /^\d+(\.\d)? (kB|MB)$/);
  await accessible(page);
  await shot(page, "tables");
  await by(page, "table-posts").click();
  await by(page, "row-count").getByText("of 999").waitFor();
});

test("a table is made from a file whose columns tell their types", async () => {
  const { page } = tab;
  await visit(page, "/p/tabletest/tables");
  await by(page, "tables-file").click();
  await by(page, "choose-file").waitFor();
  await by(page, "from-file").getByTestId("import-file").setInputFiles({ name: "Orders 2026.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify([
    { "Order no": 7, customer: "a@example.org", paid: true, "Total": 12.5, day: "2026-11-20", remark: "<b>none</b>" },
    { "Order no": 8, customer: "b@example.org", paid: false, "Total": 3, day: "2026-11-21", remark: null },
    { "Order no": 9, customer: "no address", paid: true, "Total": 4, day: "2026-11-22", remark: "x" },
    ...Array.from({ length: 30 }, (_, i) => ({ "Order no": 10 + i, customer: `c${i}@example.org`, paid: false, "Total": i / 2, day: "2026-11-22", remark: "y" })),
  ])) });
  await by(page, "take-Order no").waitFor();
  assert.equal(await by(page, "file-table-label").inputValue(), "Orders 2026");
  await by(page, "from-file").getByText("orders_2026").waitFor();
  await by(page, "take-remark").click();
  await accessible(page);
  await focusStays(page, by(page, "from-file"));
  await shot(page, "tables-file");
  await by(page, "file-table-create").click();
  await page.waitForURL("**/t/orders_2026/import");
  assert.deepEqual(await fieldsOf("orders_2026"), [["order_no", "integer"], ["customer", "email"], ["paid", "boolean"], ["total", "number"], ["day", "date"]]);
  assert.equal((await records("orders_2026")).length, 0);
  await by(page, "try-import").click();
  await by(page, "import-report").getByText("32 records can be imported").waitFor();
  await by(page, "import-report").getByText("1 record refused").waitFor();
  assert.equal((await records("orders_2026")).length, 0);
  await shot(page, "tables-file-tried");
  await by(page, "run-import-skip").click();
  await by(page, "import-report").getByText("32 records imported").waitFor();
  assert.equal((await records("orders_2026")).length, 32);
  assert.ok((await records("orders_2026")).some((r) => r.order_no === 8 && r.customer === "b@example.org" && r.total === 3));
});

test("a table is copied, renamed and exported", async () => {
  const { page } = tab;
  await visit(page, "/p/tabletest/tables");
  await menu("posts", "duplicate");
  await page.locator('[data-testid="name-table"]:focus-within').waitFor();
  await focusStays(page, by(page, "name-table"), 8);
  await by(page, "name-name").fill("posts");
  await by(page, "name-submit").click();
  await by(page, "name-table").getByRole("alert").getByText("already").waitFor();
  tab.complaints.splice(0, tab.complaints.length, ...tab.complaints.filter((c) => !c.includes("status of 409")));
  await by(page, "name-name").fill("drafts");
  await by(page, "name-label").fill("Drafts");
  await by(page, "name-submit").click();
  await by(page, "table-drafts").waitFor();
  assert.deepEqual(await fieldsOf("drafts"), await fieldsOf("posts"));
  assert.equal((await api("GET", "/projects/tabletest/tables/drafts")).definition.fields.parent.to, "drafts");
  assert.equal((await records("drafts")).length, 0);
  await menu("posts", "rename");
  await by(page, "name-name").fill("articles");
  await by(page, "name-submit").click();
  await by(page, "table-articles").waitFor();
  await becomes(names, ["articles", "drafts", "notes", "orders_2026"]);
  await by(page, "records-articles").getByText("999").waitFor();
  await by(page, "table-menu-orders_2026").click();
  const [file] = await Promise.all([page.waitForEvent("download"), by(page, "table-menu-orders_2026-ndjson").click()]);
  assert.match(file.suggestedFilename(), /^orders_2026.*\.ndjson$/);
});

test("a table goes once its name is typed", async () => {
  const { page } = tab;
  await menu("drafts", "drop");
  assert.ok(await by(page, "confirm-yes").isDisabled());
  await by(page, "confirm-typed").fill("drafts");
  await by(page, "confirm-yes").click();
  await becomes(names, ["articles", "notes", "orders_2026"]);
  await by(page, "table-drafts").waitFor({ state: "detached" });
  await page.setViewportSize({ width: 420, height: 800 });
  await shot(page, "tables-narrow");
  assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), "the list is wider than a narrow screen");
  await page.setViewportSize({ width: 1280, height: 800 });
  quiet(tab);
});
