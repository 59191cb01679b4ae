// Signing in and out, and where it leads.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, by, owner, panel, quiet, shot, visit } from "./panel.mjs";

const tab = panel({ signedIn: false });

test("a guest is led to the page asked for, once signed in", async () => {
  const { page } = tab;
  await visit(page, "/account");
  await by(page, "email").fill(owner.email);
  await by(page, "password").fill("a wrong password");
  await by(page, "submit").click();
  await page.getByRole("alert").waitFor();
  await accessible(page);
  await shot(page, "login");
  await by(page, "password").fill(owner.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/_/account");
  tab.complaints.splice(0, tab.complaints.length, ...tab.complaints.filter((c) => !/status of 401/.test(c)));
  quiet(tab);
});

test("the language and the theme change without a reload", async () => {
  const { page } = tab;
  await page.evaluate(() => { globalThis.same = true; });
  await by(page, "language").click();
  await by(page, "language-zh-CN").click();
  await page.getByText("退出登录").waitFor({ state: "detached" });
  await by(page, "account").click();
  await page.getByText("退出登录").waitFor();
  await page.keyboard.press("Escape");
  await by(page, "theme").click();
  await by(page, "theme-dark").click();
  assert.equal(await page.evaluate(() => document.documentElement.getAttribute("theme-mode")), "dark");
  assert.equal(await page.evaluate(() => globalThis.same), true);
  quiet(tab);
});
