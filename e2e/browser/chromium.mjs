// One Chromium for a file of tests: a page, what it complained of, and pictures of it where SHOTS names a folder.
import { mkdirSync } from "node:fs";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

export const { SITE, SERVER } = process.env;

/**
 * Opens a page before the tests and closes its browser behind them. The members are there while tests run. prepare is called with the
 * browser before the page is opened.
 */
export function opened(viewport = { width: 1100, height: 760 }, prepare = async () => {}) {
  const tab = { page: null, browser: null, complaints: [] };
  before(async () => {
    tab.browser = await chromium.launchPersistentContext(process.env.PROFILE, {
      executablePath: "/usr/bin/chromium",
      headless: true,
      viewport,
      reducedMotion: "reduce",
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"],
    });
    // A page of an example asks nothing of the outside.
    await tab.browser.route((url) => url.hostname !== "127.0.0.1", (route) => {
      tab.complaints.push(`asks for ${route.request().url()}`);
      return route.abort();
    });
    await prepare(tab.browser);
    tab.browser.setDefaultTimeout(Number(process.env.PATIENCE ?? 180_000)); // how long a busy machine may take to show something; what waits in vain says so
    tab.page = await tab.browser.newPage();
    tab.page.on("console", (message) => { if (message.type() === "error") tab.complaints.push(message.text()); });
    tab.page.on("pageerror", (error) => tab.complaints.push(String(error)));
  });
  after(() => tab.browser?.close());
  return tab;
}

export async function shot(page, name) {
  const folder = process.env.SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
}
