// The drawer of a record: edited, refused, compared, deleted and brought back; what is hostile in it stays text.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { accessible, api, apply, by, focusStays, panel, quiet, shot, visit } from "./panel.mjs";

const tab = panel();
const items = "/projects/recordshop/tables/items/records";
const cell = (row, name) => tab.page.locator(`[data-row="${row}"] [data-col="${name}"]`);
const shows = (row, name, text) => cell(row, name).filter({ hasText: text }).waitFor();
const press = async (...keys) => { for (const k of keys) await tab.page.keyboard.press(k); };
const one = async (uid) => api("GET", `${items}/${uid}`);
const state = (text) => by(tab.page, "record-state").filter({ hasText: text }).waitFor();
const hostile = "<img src=x onerror=alert(1)>";
const ran = []; // the dialogs that a script opened
const expect = (status) => tab.complaints.splice(0, tab.complaints.length, ...tab.complaints.filter((c) => !c.includes(`status of ${status}`)));
let mug;

before(async () => {
  await apply(`project: recordshop
timezone: Asia/Shanghai
tables:
  makers: {fields: {name: {type: text, required: true}}}
  items:
    label: Items
    fields:
      name: {type: text, label: Name, required: true, max: 100}
      notes: {type: text, label: Notes}
      stock: {type: number, label: Stock, integer: true, min: 0}
      status: {type: enum, values: [draft, ready, sold], default: draft}
      sold: {type: boolean}
      at: {type: datetime}
      maker: {type: reference, label: Maker, to: makers, display: name}
      data: {type: json}
      site: {type: url}
      papers: {type: file, many: true, max: 5}
      shout: {type: generated, expression: "upper(name)"}
`);
  for (const name of ["Acme", "Bolt works", "Crane"]) await api("POST", "/projects/recordshop/tables/makers/records", { data: { name } });
  for (const name of ["alpha mug", "beta lamp", "gamma chair"]) {
    const made = await api("POST", items, { data: { name, stock: 5, at: "2026-11-23T05:28:00Z", data: { a: 1 } } });
    mug ??= made.uid;
  }
});

test("a record opens from the grid, is edited and saved", async () => {
  const { page } = tab;
  page.on("dialog", (dialog) => { ran.push(dialog.message()); return dialog.dismiss(); });
  await visit(page, "/p/recordshop/t/items?sort=name");
  await shows(0, "name", "alpha mug");
  await cell(0, "name").click();
  await press("Space");
  await by(page, "record-drawer").waitFor();
  assert.match(page.url(), new RegExp(`/r/${mug}`));
  await state("Everything is saved");
  await by(page, "field-name").fill("alpha mug, blue");
  await state("1 unsaved");
  await press("Control+s");
  await state("Everything is saved");
  assert.equal((await one(mug)).name, "alpha mug, blue");
  await shows(0, "name", "alpha mug, blue");
  await by(page, "field-shout").getByText("ALPHA MUG, BLUE").waitFor();
  await accessible(page);
  await shot(page, "record");
  await focusStays(page, by(page, "record-drawer"));
});

test("a refusal stands at its field, which has the focus", async () => {
  const { page } = tab;
  await by(page, "field-stock").fill("-4");
  await by(page, "record-save").click();
  await page.locator('[data-field="stock"] [role="alert"]').waitFor();
  await page.locator('[data-testid="field-stock"][aria-invalid="true"]:focus').waitFor();
  assert.equal((await one(mug)).stock, 5);
  await accessible(page);
  await shot(page, "record-refused");
  await by(page, "field-stock").fill("6");
  await press("Control+s");
  await state("Everything is saved");
  assert.equal((await one(mug)).stock, 6);
  expect(400);
});

test("somebody else's change is compared, never overwritten", async () => {
  const { page } = tab;
  await by(page, "field-name").fill("mine");
  const { version } = await one(mug);
  await api("POST", `${items}/batch`, { update: [{ uid: mug, data: { name: "theirs", stock: 9 }, version }] });
  await by(page, "record-save").click();
  await by(page, "conflict").waitFor();
  await by(page, "conflict-name").getByText("theirs").waitFor();
  await accessible(page);
  await shot(page, "record-conflict");
  await focusStays(page, by(page, "conflict"), 12);
  assert.ok(await by(page, "conflict-save").isDisabled());
  await by(page, "choose-name-mine").click();
  await by(page, "conflict-save").click();
  await by(page, "conflict").waitFor({ state: "detached" });
  await state("Everything is saved");
  const now = await one(mug);
  assert.deepEqual([now.name, now.stock], ["mine", 9]);
  expect(412);
});

test("a reference is picked with the keyboard", async () => {
  const { page } = tab;
  await by(page, "field-maker").focus();
  await page.keyboard.type("bolt");
  await page.getByRole("option", { name: "Bolt works" }).waitFor();
  await page.getByRole("option", { name: "Acme" }).waitFor({ state: "detached" });
  await press("Home", "Enter");
  await state("1 unsaved");
  assert.equal(await by(page, "field-maker").inputValue(), "Bolt works");
  await press("Control+s");
  await state("Everything is saved");
  assert.equal((await one(mug)).maker.v, "Bolt works");
});

test("hostile values and files stay text", async () => {
  const { page } = tab;
  await by(page, "field-name").fill(hostile);
  await by(page, "field-notes").fill(`${hostile}\n<script>alert(2)</script>`);
  await by(page, "field-site").fill("javascript:alert(3)");
  await by(page, "record-save").click();
  await page.locator('[data-field="site"] [role="alert"]').waitFor();
  expect(400);
  await by(page, "field-site").fill("https://example.org/\"onmouseover=alert(4)");
  await by(page, "field-papers").setInputFiles([
    { name: "evil.svg", mimeType: "image/svg+xml", buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(5)</script><image href="http://outside.example/a.png"/></svg>') },
    { name: "evil.html", mimeType: "text/html", buffer: Buffer.from("<!doctype html><html><body><script>alert(6)</script><img src=http://outside.example/b.png></body></html>") },
  ]);
  await by(page, "files-papers").getByText("evil.html").waitFor();
  await by(page, "record-save").click();
  await state("Everything is saved");
  await shows(0, "name", hostile);
  for (const [i, source] of ["alert(5)", "alert(6)"].entries()) {
    await by(page, "preview-papers").nth(i).click();
    await by(page, "preview-text").filter({ hasText: source }).waitFor();
    assert.equal(await by(page, "file-preview").locator("svg image, iframe, object, embed, img").count(), 0);
    const file = await fetch(new URL(await by(page, "download").getAttribute("href"), page.url()));
    assert.match(file.headers.get("Content-Disposition"), /^attachment/);
    assert.match(file.headers.get("Content-Security-Policy"), /default-src 'none'|sandbox/);
    if (i === 0) {
      await accessible(page);
      await shot(page, "record-preview");
    }
    await press("Escape");
    await by(page, "file-preview").waitFor({ state: "detached" });
  }
  for (const name of ["json", "history", "used", "form"]) await by(page, `record-tab-${name}`).click();
  assert.equal(await page.locator('a[href^="javascript"], img[src="x"]').count(), 0);
  assert.deepEqual(ran, []);
});

test("a record is deleted from its drawer, and comes back", async () => {
  const { page } = tab;
  await by(page, "record-menu").click();
  await by(page, "record-menu-delete").click();
  await by(page, "record-drawer").waitFor({ state: "detached" });
  await shows(0, "name", "beta lamp");
  await by(page, "toast").filter({ hasText: "deleted" }).getByTestId("toast-action").click();
  await shows(0, "name", hostile);
  assert.equal((await one(mug)).papers.length, 2);
  await page.setViewportSize({ width: 420, height: 800 });
  await visit(page, `/p/recordshop/t/items/r/${mug}`);
  await state("Everything is saved");
  await shot(page, "record-narrow");
  await page.setViewportSize({ width: 1280, height: 800 });
  assert.deepEqual(ran, []);
  quiet(tab);
});
