// The grid of records by its keys and its clipboard, with edits saved at once and collected; what the server refuses, and what others change.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { accessible, api, apply, becomes, by, panel, quiet, settled, shot, visit } from "./panel.mjs";

const tab = panel();
const records = "/projects/gridtest/tables/items/records";
const many = 2400;
const hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>";
const ran = []; // the dialogs that a script opened

/** Scrolls to a row: what is far from what is seen does not exist. */
const see = (row) => tab.page.evaluate((top) => { document.querySelector("[data-testid=grid]").scrollTop = top; }, Math.max(0, row - 3) * 32);
const cell = (row, name) => tab.page.locator(`[data-row="${row}"] [data-col="${name}"]`);
const shows = (row, name, text) => cell(row, name).filter({ hasText: text }).waitFor();
const press = async (...keys) => { for (const k of keys) await tab.page.keyboard.press(k); };
const type = (text) => tab.page.keyboard.type(text);
/** Waits until the active cell stands there. */
const at = (row, name) => tab.page.locator(`[data-row="${row}"] [data-col="${name}"]#grid-active`).waitFor();
const list = async (filter, fields) => (await api("GET", `${records}?size=1000&sort=n&filter=${encodeURIComponent(JSON.stringify(filter))}`)).items.map((r) => fields.map((f) => r[f]));
const of = async (n) => (await api("GET", `${records}?filter=${encodeURIComponent(JSON.stringify({ n }))}`)).items[0];
const holds = (n, name, value) => becomes(async () => (await of(n))?.[name] ?? null, value);
const count = async (filter) => (await api("GET", `/projects/gridtest/tables/items/count?exact=true${filter ? `&filter=${encodeURIComponent(JSON.stringify(filter))}` : ""}`)).count;
const clipboard = (text) => tab.page.evaluate((t) => (t === undefined ? navigator.clipboard.readText() : navigator.clipboard.writeText(t)), text);
const forgive = (pattern) => { tab.complaints.splice(0, tab.complaints.length, ...tab.complaints.filter((c) => !pattern.test(c))); };
const refused = (status) => forgive(new RegExp(`status of ${status}`));
const collect = async (on) => {
  await by(tab.page, "records-more").click();
  await by(tab.page, `records-more-${on ? "queued" : "direct"}`).click();
};
const elsewhere = async (n, data) => {
  const { uid, version } = await of(n);
  await api("POST", `${records}/batch`, { update: [{ uid, version, data }] });
};

before(async () => {
  await apply(`project: gridtest
timezone: Asia/Shanghai
tables:
  makers: {fields: {name: {type: text, required: true}}}
  items:
    label: Items
    fields:
      n: {type: number, label: N, integer: true, index: true}
      name: {type: text, label: Name, required: true, max: 200}
      note: {type: text, label: Note}
      price: {type: number, label: Price, min: 0}
      status: {type: enum, label: Status, values: [draft, ready, sold]}
      live: {type: boolean, label: Live}
      day: {type: date, label: Day}
      maker: {type: reference, label: Maker, to: makers, display: name}
      shout: {type: generated, label: Shout, expression: "upper(name)"}
`);
  await api("POST", "/projects/gridtest/tables/makers/records", { data: { name: "Acme" } });
  const rows = Array.from({ length: many }, (_, n) => ({ data: { n, name: `item ${n}`, note: `note ${n}`, price: n / 4, status: ["draft", "ready", "sold"][n % 3], live: n % 2 === 0, day: "2026-11-23" } }));
  for (let i = 0; i < many; i += 800) await api("POST", `${records}/batch`, { create: rows.slice(i, i + 800) });
});

test("keys walk through the cells", async () => {
  const { page } = tab;
  await tab.browser.grantPermissions(["clipboard-read", "clipboard-write"]);
  page.on("dialog", (dialog) => { ran.push(dialog.message()); return dialog.dismiss(); });
  await visit(page, "/p/gridtest/t/items?sort=n");
  await shows(0, "name", "item 0");
  await by(page, "row-count").getByText(`of ${many.toLocaleString("en")}`).waitFor();
  await cell(0, "name").click();
  await press("ArrowDown", "ArrowDown", "ArrowRight");
  await at(2, "note");
  await press("Home");
  await at(2, "n");
  await press("End");
  await at(2, "created_at");
  await press("Control+ArrowLeft", "Control+ArrowDown");
  await at(many - 1, "n");
  await shows(many - 1, "name", `item ${many - 1}`);
  await press("Control+ArrowUp", "Control+ArrowRight", "Control+Home");
  await at(0, "n");
  await press("Control+End");
  await at(many - 1, "created_at");
  await press("Control+Home");
  await at(0, "n");
  await press("PageDown");
  await page.locator('[data-row]:not([data-row="0"]) #grid-active').waitFor();
  const page1 = Number(await page.locator("#grid-active").locator("..").getAttribute("data-row"));
  assert.ok(page1 > 10 && page1 < 40, `PageDown went to row ${page1}`);
  await press("PageDown");
  await at(page1 * 2, "n");
  await press("PageUp", "PageUp", "Tab", "Shift+Tab", "Tab");
  await at(0, "name");
  await accessible(page);
  await shot(page, "grid");
});

test("a cell is edited, replaced and left as it was", async () => {
  const { page } = tab;
  await cell(0, "name").click();
  await press("Enter", "End");
  await type(" mug");
  await press("Enter");
  await at(1, "name");
  await holds(0, "name", "item 0 mug");
  await type("typed over");
  await press("Tab");
  await at(1, "note");
  await holds(1, "name", "typed over");
  await press("F2");
  await type("nothing of this");
  await press("Escape");
  await shows(1, "note", /^note 1$/);
  await cell(1, "status").click();
  await type("so");
  await press("Enter");
  await at(2, "status");
  await holds(1, "status", "sold");
  await cell(1, "live").locator(".box").click();
  await holds(1, "live", true);
  await cell(1, "maker").click();
  await press("Enter");
  await page.getByRole("option", { name: "Acme" }).waitFor();
  await press("ArrowDown", "Enter");
  await becomes(async () => (await of(1)).maker?.v, "Acme");
  await cell(1, "shout").click();
  await press("Enter");
  await by(page, "toast").filter({ hasText: "Shout cannot be edited" }).waitFor();
  await shows(1, "shout", "TYPED OVER");
  await cell(1, "price").click();
  await type("many");
  await press("Enter");
  await by(page, "grid-wrong").getByText("not a number").waitFor();
  await press("Escape");
  await press("Control+z", "Control+z");
  await holds(1, "live", false);
  await press("Control+y");
  await holds(1, "live", true);
  assert.equal((await of(1)).maker, null);
  assert.equal((await of(1)).price, 0.25);
});

test("cells travel as text between the grid and a spreadsheet", async () => {
  const { page } = tab;
  await see(0);
  await cell(10, "name").click();
  await press("Shift+ArrowDown", "Shift+ArrowRight");
  await press("Control+c");
  assert.equal(await clipboard(), "item 10\tnote 10\nitem 11\tnote 11");
  await see(20);
  await cell(20, "name").click();
  await press("Control+v");
  await holds(21, "note", "note 11");
  assert.deepEqual((await list({ n: { IN: [20, 21] } }, ["name", "note"])), [["item 10", "note 10"], ["item 11", "note 11"]]);
  await clipboard('"two\nlines"\t1.5\tready\nthird\tno number\tsold\nfourth\t3\tdraft\n');
  await see(30);
  await cell(30, "note").click();
  await press("Control+v");
  await by(page, "toast").filter({ hasText: "1 cells were not pasted" }).waitFor();
  await holds(32, "status", "draft");
  assert.deepEqual(await list({ n: { IN: [30, 31, 32] } }, ["note", "price", "status"]), [["two\nlines", 1.5, "ready"], ["third", 31 / 4, "sold"], ["fourth", 3, "draft"]]);
  await press("Control+z");
  await holds(32, "status", "sold");
  assert.deepEqual(await list({ n: { IN: [30, 31] } }, ["note"]), [["note 30"], ["note 31"]]);
  await see(40);
  await cell(40, "note").click();
  await press("Control+x");
  await holds(40, "note", null);
  await cell(41, "note").click();
  await press("Control+v");
  await holds(41, "note", "note 40");
  await press("Shift+ArrowDown", "Shift+ArrowDown", "Control+d");
  await holds(43, "note", "note 40");
  await press("Delete");
  await holds(43, "note", null);
  assert.deepEqual(await list({ n: { IN: [41, 42] } }, ["note"]), [[null], [null]]);
  await press("Control+a");
  await page.getByText(`${((many) * 10).toLocaleString("en")} cells`).waitFor();
  await press("Escape");
});

test("what is pasted beyond the end makes records", async () => {
  await press("Control+Home", "Control+ArrowDown", "ArrowRight");
  await at(many - 1, "name");
  await shows(many - 1, "name", `item ${many - 1}`);
  await clipboard("the last\nfirst new\nsecond new");
  await press("Control+v");
  await becomes(() => count(), many + 2);
  await holds(many - 1, "name", "the last");
  assert.equal(await count({ name: { IN: ["first new", "second new"] } }), 2);
});

test("a handle fills cells with what stands above", async () => {
  const { page } = tab;
  await press("Control+Home");
  await cell(4, "status").click();
  await press("Shift+ArrowRight");
  const handle = by(page, "grid-fill"), to = await cell(7, "status").boundingBox();
  const from = await handle.boundingBox();
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + 20, to.y + 10, { steps: 6 });
  await page.mouse.up();
  await holds(7, "live", true);
  assert.deepEqual(await list({ n: { IN: [5, 6, 7] } }, ["status", "live"]), [["ready", true], ["ready", true], ["ready", true]]);
  await press("Control+z");
  await holds(7, "live", false);
});

test("Space opens a record, Shift+Enter makes one, Ctrl+F searches", async () => {
  const { page } = tab;
  await cell(3, "name").click();
  await press("Space");
  await by(page, "record-drawer").waitFor();
  assert.match(page.url(), new RegExp(`/r/${(await of(3)).uid}`));
  await page.waitForFunction(() => document.querySelector('[data-testid="record-drawer"]').contains(document.activeElement)); // it has the keys now
  await press("Alt+ArrowDown");
  await page.waitForURL(`**/r/${(await of(4)).uid}**`);
  await press("Escape");
  await by(page, "record-drawer").waitFor({ state: "detached" });
  await at(4, "name");
  await press("Shift+Enter");
  await page.locator('[data-row="0"].added').waitFor();
  await type("5001");
  await press("Tab");
  await type("made by keys");
  await press("Enter"); // to the next row: the new one is saved
  await holds(5001, "name", "made by keys");
  await press("Control+f");
  await page.locator('[data-testid="records-search"]:focus').waitFor();
  await type("made by keys");
  await page.waitForURL("**q=made+by+keys**");
  await by(page, "row-count").getByText("of 1").waitFor();
  await press("Escape");
  await page.waitForURL((url) => !url.searchParams.has("q"));
  await shows(0, "name", "item 0 mug");
});

test("collected changes are reviewed, taken back one by one and saved together", async () => {
  const { page } = tab;
  await collect(true);
  await see(50);
  for (const [n, name, value] of [[50, "name", "fifty"], [51, "price", "-5"], [52, "note", "taken back"]]) {
    await cell(n, name).click();
    await type(value);
    await press("Enter");
  }
  await page.locator('[data-row="50"] .pending').waitFor();
  await by(page, "pending-bar").getByText("3 pending changes").waitFor();
  assert.equal((await of(50)).name, "item 50");
  await shot(page, "grid-pending");
  await press("Control+.");
  await by(page, "review-name").getByText("item 50").waitFor();
  await by(page, "review-name").getByText("fifty").waitFor();
  await accessible(page);
  await shot(page, "grid-review");
  await by(page, "review-note").getByRole("button").click();
  await press("Escape");
  await by(page, "pending-bar").getByText("2 pending changes").waitFor();
  await shows(52, "note", "note 52");
  await page.locator(".grid textarea").focus();
  await press("Control+s");
  await cell(51, "price").click();
  await by(page, "cell-problem").getByText("at least 0").waitFor();
  await page.locator('[data-row="51"] [data-col="price"].wrong').waitFor();
  assert.deepEqual(await list({ n: { IN: [50, 51, 52] } }, ["name", "price", "note"]), [["item 50", 12.5, "note 50"], ["item 51", 12.75, "note 51"], ["item 52", 13, "note 52"]]);
  await shot(page, "grid-refused");
  refused(400);
  await cell(51, "price").click();
  await type("5");
  await press("Enter", "Control+s");
  await by(page, "pending-bar").waitFor({ state: "detached" });
  assert.deepEqual(await list({ n: { IN: [50, 51] } }, ["name", "price"]), [["fifty", 12.5], ["item 51", 5]]);
  await collect(false);
});

test("a change from elsewhere is shown, and never overwritten", async () => {
  const { page } = tab;
  await collect(true);
  await see(60);
  await cell(60, "name").click();
  await type("mine");
  await press("Enter");
  await elsewhere(60, { name: "theirs", price: 99 });
  await elsewhere(61, { name: "seen at once" });
  await shows(61, "name", "seen at once");
  await shows(60, "name", "mine");
  await press("Control+s");
  await page.locator('[data-row="60"] [data-col="name"].conflict').click();
  await by(page, "conflict-name").getByText("theirs").waitFor();
  assert.equal((await of(60)).name, "theirs");
  await by(page, "choose-name-mine").click();
  await by(page, "conflict-save").click();
  await by(page, "conflict").waitFor({ state: "detached" });
  await page.locator(".grid textarea").focus();
  await press("Control+s");
  await by(page, "pending-bar").waitFor({ state: "detached" });
  assert.deepEqual(await list({ n: 60 }, ["name", "price"]), [["mine", 99]]);
  refused(412);
  await collect(false);
});

test("conditions, order and views stand in the address", async () => {
  const { page } = tab;
  await by(page, "filter-toggle").click();
  await by(page, "chip-add").click();
  await by(page, "quick-field").click();
  await page.getByRole("option", { name: "Name", exact: true }).click();
  await by(page, "quick-value").fill("item 23");
  await press("Enter");
  await page.waitForURL("**filter=**");
  await by(page, "row-count").getByText("of 110").waitFor(); // 23, 230 to 239, 2300 to 2398: what is pasted took one
  await by(page, "column-price").getByRole("button").first().click();
  await by(page, "column-price").getByRole("button").first().click();
  await page.waitForURL("**sort=-price**");
  await shows(0, "name", "item 2398");
  await by(page, "views-menu").click();
  await by(page, "view-save-as").click();
  await by(page, "view-name").fill("Of twenty-three");
  await by(page, "view-submit").click();
  await by(page, "view-dialog").waitFor({ state: "detached" });
  const views = async () => (await api("GET", "/projects/gridtest/tables/items/views")).items.map((v) => [v.name, v.sort]);
  assert.deepEqual(await views(), [["Of twenty-three", ["-price"]]]);
  await shot(page, "grid-filter");
  await by(page, "views-menu").click();
  await by(page, "view-none").click();
  await by(page, "row-count").getByText(`of ${(many + 3).toLocaleString("en")}`).waitFor();
  await by(page, "views-menu").click();
  await by(page, "view-Of twenty-three").click();
  await by(page, "row-count").getByText("of 110").waitFor();
  await page.reload();
  await shows(0, "name", "item 2398");
  await by(page, "chip-0").getByText("item 23").waitFor();
});

test("a view goes on when a field is renamed, and says which field is gone", async () => {
  const { page } = tab;
  await api("PATCH", "/projects/gridtest/tables/items/fields/price", { name: "cost" });
  await visit(page, "/p/gridtest/t/items");
  await by(page, "views-menu").click();
  await by(page, "view-Of twenty-three").click();
  await page.waitForURL("**sort=-cost**");
  await shows(0, "name", "item 2398");
  await by(page, "views-menu").click();
  await by(page, "view-menu-Of twenty-three").click();
  await by(page, "view-menu-Of twenty-three-drop").click();
  await by(page, "confirm-yes").click();
  await becomes(async () => (await api("GET", "/projects/gridtest/tables/items/views")).items.length, 0);
});

test("all that match are changed, exported, deleted and brought back", async () => {
  const { page } = tab;
  const filter = { AND: [{ n: { ">=": 300 } }, { n: { "<": 1200 } }] };
  await visit(page, `/p/gridtest/t/items?sort=n&filter=${encodeURIComponent(JSON.stringify(filter))}`);
  await shows(0, "name", "item 300");
  await by(page, "grid-mark-all").click();
  await by(page, "bulk-all").click();
  await by(page, "bulk-count").getByText("900").waitFor();
  await shot(page, "grid-bulk");
  await by(page, "bulk-edit").click();
  await by(page, "bulk-field").click();
  await page.getByRole("option", { name: "Note" }).click();
  await by(page, "field-note").fill("for all");
  await by(page, "bulk-apply").click();
  await becomes(() => count({ note: "for all" }), 900);
  await by(page, "toast").filter({ hasText: "900 records changed" }).getByTestId("toast-action").click();
  await becomes(() => count({ note: "for all" }), 0);
  assert.equal((await of(450)).note, "note 450");
  await by(page, "export").click();
  const [file] = await Promise.all([page.waitForEvent("download"), by(page, "export-csv").click()]);
  const lines = (await contents(file)).trimEnd().split(/\r?\n/);
  assert.equal(lines.length, 901);
  assert.match(lines[0], /\bname\b/);
  assert.match(lines[1], /item 300/);
  await by(page, "bulk-delete").click();
  await becomes(() => count(filter), 0);
  assert.equal(await count(), many + 3 - 900);
  await by(page, "toast").filter({ hasText: "900 records deleted" }).getByTestId("toast-action").click();
  await becomes(() => count(filter), 900);
  await shows(0, "name", "item 300");
});

async function contents(download) {
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("values are text", async () => {
  const { page } = tab;
  await cell(0, "name").click();
  await type(hostile);
  await press("Enter");
  await holds(300, "name", hostile);
  await shows(0, "name", hostile);
  await shows(0, "shout", hostile.toUpperCase());
  await cell(0, "name").hover();
  await cell(0, "name").click();
  await press("Control+c", "ArrowRight", "Control+v");
  await holds(300, "note", hostile);
  await settled(page);
  assert.equal(await page.locator('.grid img[src="x"], .grid script').count(), 0);
  assert.deepEqual(ran, []);
});

test("a lost connection loses no edit", async () => {
  const { page } = tab;
  await tab.browser.setOffline(true);
  await cell(1, "note").click();
  await type("typed offline");
  await press("Enter");
  await page.locator('[data-row="1"] [data-col="note"].pending, [data-row="1"] [data-col="note"].wrong').waitFor();
  await by(page, "offline").waitFor();
  assert.equal((await of(301)).note, "note 301");
  await shot(page, "grid-offline");
  forgive(/ERR_INTERNET_DISCONNECTED/);
  await tab.browser.setOffline(false);
  await by(page, "offline").waitFor({ state: "detached" });
  await holds(301, "note", "typed offline");
  await shows(1, "note", "typed offline");
  forgive(/ERR_INTERNET_DISCONNECTED/);
  quiet(tab);
});
