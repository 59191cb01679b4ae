// Webhooks and mail that were sent: filtered, looked into, sent again, cancelled.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, api, apply, by, focusStays, panel, quiet, SERVER, shot, visit } from "./panel.mjs";

const tab = panel();
const project = `project: deliveries_panel
tables: {notes: {fields: {text: {type: text}}}}
endpoints:
  add:
    kind: CREATE
    route: POST /notes
    table: notes
    params: {text: {}}
    middlewares: [main, {webhook: {url: "http://127.0.0.1:9/hook", retries: 0, body: {text: $record.text}}}]
`;
const add = (text) => fetch(`${SERVER}/api/deliveries_panel/notes`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text }) });
const rows = (page) => by(page, "deliveries").locator("tbody tr");

test("without any, the page says where they come from", async () => {
  const { page } = tab;
  await apply(project);
  await visit(page, "/p/deliveries_panel/deliveries");
  await page.getByText("Nothing was sent yet").waitFor();
  await accessible(page);
});

test("a new one appears by itself and turns dead; it can be looked into and sent again", async () => {
  const { page } = tab;
  assert.equal((await add("<script>alert(1)</script>")).status, 201);
  await rows(page).first().waitFor();
  await rows(page).filter({ hasText: "Dead" }).first().waitFor();
  await accessible(page);
  await shot(page, "deliveries");
  await rows(page).first().getByRole("button").first().click();
  await by(page, "payload").filter({ hasText: "<script>alert(1)</script>" }).waitFor();
  await by(page, "attempts").locator("li").first().waitFor();
  await focusStays(page, by(page, "delivery-drawer"));
  await accessible(page);
  await shot(page, "delivery");
  await by(page, "delivery-replay").click();
  await page.getByTestId("toast").first().waitFor();
  await by(page, "delivery-drawer").getByText("sent again 1 times").waitFor();
  await page.keyboard.press("Escape");
  await by(page, "delivery-drawer").waitFor({ state: "detached" });
  quiet(tab);
});

test("the address holds the filters", async () => {
  const { page } = tab;
  await by(page, "filter-state").click();
  await by(page, "filter-state-done").click();
  await page.waitForURL(/state=done/);
  await page.getByText("No delivery matches the filters").waitFor();
  await visit(page, "/p/deliveries_panel/deliveries?state=dead&kind=webhook");
  await rows(page).first().waitFor();
  await by(page, "replay-dead").click();
  await focusStays(page, by(page, "confirm"), 8);
  await by(page, "confirm-yes").click();
  await page.getByText("One delivery goes out again").waitFor();
  const { items } = await api("GET", "/projects/deliveries_panel/deliveries");
  assert.equal(items[0].replays, 2);
  quiet(tab);
});
