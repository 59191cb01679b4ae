// A file of records on its way into a table: looked at, mapped, tried, imported without what is refused.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { accessible, api, apply, by, panel, quiet, shot, visit } from "./panel.mjs";

const tab = panel();
const count = async () => (await api("GET", "/projects/importshop/tables/items/count?exact=true")).count;

before(() => apply(`project: importshop
timezone: Asia/Shanghai
tables:
  items:
    label: Items
    fields:
      name: {type: text, label: Name, required: true}
      price: {type: number, label: Price, min: 0}
      day: {type: date}
      notes: {type: text}
`));

test("a file is mapped, tried and imported without its two bad rows", async () => {
  const { page } = tab;
  const rows = Array.from({ length: 10 }, (_, i) => `item ${i},${i === 3 ? "cheap" : i === 7 ? "-1" : i * 2},2026-11-${10 + i},<b>remark</b> ${i}`);
  await visit(page, "/p/importshop/t/items");
  await by(page, "empty-import").click();
  await by(page, "choose-file").waitFor();
  await accessible(page);
  await shot(page, "import-choose");
  await by(page, "import-file").setInputFiles({ name: "items.csv", mimeType: "text/csv", buffer: Buffer.from(`Name,cost,day,remark\n${rows.join("\n")}\n`) });
  await by(page, "field-of-Name").getByText("Name").waitFor();
  for (const [column, field] of [["cost", "price"], ["remark", "notes"]]) {
    await by(page, `field-of-${column}`).click();
    await by(page, `field-of-${column}-${field}`).click();
  }
  await page.locator("summary").click();
  await page.locator("details").getByText("<b>remark</b> 0").waitFor();
  await accessible(page);
  await shot(page, "import-mapping");
  await by(page, "try-import").click();
  const report = by(page, "import-report");
  await report.getByText("8 records can be imported").waitFor();
  await report.getByText("2 records refused").waitFor();
  assert.equal(await report.locator("tbody tr").count(), 2);
  assert.deepEqual(await report.locator("tbody td:first-child").allTextContents(), ["5", "9"]);
  assert.equal(await count(), 0);
  await accessible(page);
  await shot(page, "import-tried");
  const [rejected] = await Promise.all([page.waitForEvent("download"), by(page, "download-rejects").click()]);
  assert.equal(rejected.suggestedFilename(), "items-rejected.csv");
  await by(page, "run-import-skip").click();
  await report.getByText("8 records imported").waitFor();
  assert.equal(await count(), 8);
  await by(page, "open-records").click();
  await by(page, "row-count").getByText("of 8").waitFor();
  quiet(tab);
});

test("a file that cannot be read says why", async () => {
  const { page } = tab;
  await visit(page, "/p/importshop/t/items/import");
  await by(page, "import-file").setInputFiles({ name: "semi.csv", mimeType: "text/csv", buffer: Buffer.from("Name;Price\na;1\n") });
  await page.getByRole("alert").getByText("semicolons").waitFor();
  await by(page, "other-file").click();
  await by(page, "choose-file").waitFor();
  quiet(tab);
});
