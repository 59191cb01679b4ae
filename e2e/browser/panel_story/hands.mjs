// Two ways to use a page, both counted: with a mouse, and with the keyboard alone.
import assert from "node:assert/strict";

/** kind: "mouse" or "keys". What is typed counts as keys with both. */
export function hands(page, kind) {
  const count = { clicks: 0, drags: 0, keys: 0, typed: 0 };
  const by = (id) => page.getByTestId(id);
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-testid") ?? "");

  async function press(keys) {
    count.keys++;
    await page.keyboard.press(keys);
  }
  async function type(text) {
    count.typed += text.length;
    await page.keyboard.type(text);
  }
  /** Waits until the focus is there by itself: what is opened says where to go on. */
  const ready = (id) => page.waitForFunction((wanted) => document.activeElement?.closest(`[data-testid="${wanted}"]`) !== null, id);

  /** Goes to an element with Tab, or back with Shift+Tab where that is nearer. */
  async function reach(id) {
    await by(id).first().waitFor();
    for (let i = 0; i < 150; i++) {
      if (await focused() === id) return;
      const back = await by(id).first().evaluate((e) => (document.activeElement.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING) !== 0);
      await press(back ? "Shift+Tab" : "Tab");
    }
    assert.fail(`no way by Tab to ${id}`);
  }

  /** Uses a button, a link or a tab. */
  async function use(id, key = "Enter") {
    if (kind === "keys") {
      await reach(id);
      return press(key);
    }
    count.clicks++;
    return by(id).first().click();
  }

  /** Drags one element to the place of another. */
  async function drag(from, to) {
    count.drags++;
    const [a, b] = [await by(from).first().boundingBox(), await by(to).first().boundingBox()];
    await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
    await page.mouse.down();
    await page.mouse.move(a.x + a.width / 2 + 6, a.y + a.height / 2 + 6);
    await page.mouse.move(b.x - 4, b.y + b.height / 2, { steps: 20 });
    await page.mouse.move(b.x - 5, b.y + b.height / 2);
    await page.mouse.up();
  }
  let told = 0;
  /** The clicks, drags and keys since it was last asked. */
  function taken() {
    const all = count.clicks + count.drags + count.keys;
    const since = all - told;
    told = all;
    return since;
  }
  return { kind, count, taken, by, press, type, ready, reach, use, drag };
}
