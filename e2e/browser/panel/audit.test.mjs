// Who did what: filtered, paged, with what was changed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, api, apply, by, focusStays, panel, quiet, shot, visit } from "./panel.mjs";

const tab = panel();
const rows = (page) => by(page, "audit").locator("tbody tr");

test("changes of definitions are shown line by line", async () => {
  const { page } = tab;
  await apply("project: audit_panel\ntables: {notes: {fields: {text: {type: text}}}}\n");
  for (let i = 0; i < 3; i++) await api("POST", "/projects/audit_panel/tables/notes/records", { data: { text: `note ${i}` } });
  await visit(page, "/p/audit_panel/audit");
  await rows(page).first().waitFor();
  await accessible(page);
  await shot(page, "audit");
  await rows(page).filter({ hasText: "Applied a project file" }).first().getByRole("button").click();
  await by(page, "differences").getByText("field notes.text").waitFor();
  await page.waitForURL(/id=\d+/);
  await focusStays(page, by(page, "entry-drawer"), 6);
  await accessible(page);
  await shot(page, "audit-entry");
  await page.keyboard.press("Escape");
  quiet(tab);
});

test("filters narrow the list and stay in the address", async () => {
  const { page } = tab;
  await by(page, "filter-action").fill("record");
  await page.waitForURL(/action=record/);
  await page.waitForFunction(() => document.querySelectorAll("[data-testid=audit] tbody tr").length === 3);
  await by(page, "filter-actor").fill("nobody");
  await page.getByText("No entry matches the filters").waitFor();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await rows(page).filter({ hasText: "Applied a project file" }).first().waitFor();
  assert.ok(await rows(page).count() >= 4);
  quiet(tab);
});
