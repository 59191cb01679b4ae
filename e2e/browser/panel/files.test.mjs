// The page of all files of a project.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { accessible, api, apply, by, focusStays, panel, quiet, shot, SERVER, visit } from "./panel.mjs";

const tab = panel();

before(() => apply(`project: fileshop
tables:
  notes: {fields: {name: {type: text}}}
  papers: {label: Papers, fields: {name: {type: text}, scan: {type: file}}}
`));

test("files are listed with their records, found by name, table and kind", async () => {
  const { page } = tab;
  await visit(page, "/p/fileshop/files");
  await page.getByText(/no files/i).first().waitFor();
  await accessible(page);
  for (const [name, content] of [["hello.txt", "Hello from a file"], ["page.html", "<!doctype html><script>alert(1)</script>"]]) {
    // The browser sends the file: it is signed in.
    const stored = await page.evaluate(async ([url, body]) => (await fetch(url, { method: "POST", headers: { "X-Sayrud-CSRF": "1" }, body })).json(), [`${SERVER}/_/api/projects/fileshop/tables/papers/fields/scan/files?name=${name}`, content]);
    await api("POST", "/projects/fileshop/tables/papers/records", { data: { name, scan: { name: stored.name, sha256: stored.sha256 } } });
  }
  await visit(page, "/p/fileshop/files");
  await by(page, "file-list").getByText("hello.txt").waitFor();
  await by(page, "file-page.html").waitFor();
  await accessible(page);
  await shot(page, "files");
  await by(page, "files-name").fill("hello");
  await by(page, "file-page.html").waitFor({ state: "detached" });
  assert.match(page.url(), /name=hello/);
  await by(page, "file-hello.txt").click();
  await by(page, "preview-text").getByText("Hello from a file").waitFor();
  await accessible(page);
  await focusStays(page, by(page, "file-preview"), 6);
  await page.keyboard.press("Escape");
  await by(page, "file-preview").waitFor({ state: "detached" });
  await by(page, "files-name").fill("nothing like it");
  await by(page, "clear-filter").click();
  await by(page, "file-page.html").waitFor();
  await by(page, "layout-grid").click();
  await by(page, "file-grid").getByText("hello.txt").waitFor();
  await accessible(page);
  await shot(page, "files-grid");
  quiet(tab);
});
