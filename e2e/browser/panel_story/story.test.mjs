// The first five minutes: from the setup link to a successful request, with nothing known and nothing read.
// LINK is the setup link, HANDS mouse or keys, LANGUAGE en or zh-CN.
import assert from "node:assert/strict";
import { test } from "node:test";
import { opened, shot } from "../chromium.mjs";
import { hands } from "./hands.mjs";

const { LINK, HANDS, LANGUAGE } = process.env;
const tab = opened({ width: 1280, height: 800 }, async (browser) => {
  await browser.addInitScript((lang) => {
    if (!localStorage.getItem("sayrud.language")) localStorage.setItem("sayrud.language", JSON.stringify(lang));
  }, LANGUAGE);
});

test("the five-minute story", async () => {
  const { page } = tab;
  const h = hands(page, HANDS);
  const { by, press, ready, type, use } = h;
  const mouse = HANDS === "mouse";
  const picture = (name) => shot(page, `story-${HANDS}-${LANGUAGE}-${name}`);
  const begun = Date.now();

  // The owner's account.
  await page.goto(LINK);
  await ready("setup-email");
  await type("owner@example.org");
  if (mouse) await use("setup-password"); else await press("Tab");
  await type("correct horse battery");
  await picture("1-account");
  if (mouse) await use("setup-submit"); else await press("Enter");

  // A project.
  await ready("project-name");
  await type("blog");
  await by("check").getByRole("listitem").first().waitFor();
  await picture("2-start");
  if (mouse) await use("project-create"); else await press("Enter");
  await by("step-table").waitFor();
  await picture("3-dashboard");

  // A table.
  await use("step-table");
  await ready("table-label");
  await type("Posts");
  await press("Enter");

  // Its fields.
  await ready("add-name");
  for (const field of ["title", "email", "likes"]) {
    await type(field);
    await press("Enter");
    await by(`field-${field}`).waitFor();
  }

  // A constraint.
  await use("field-title", "Space");
  await use("constraint-add");
  await ready("constraint");
  await type("$value.length > 2");
  await picture("4-constraint");

  // A generated field.
  if (mouse) await use("add-name"); else { await press("Escape"); await h.reach("add-name"); }
  await type("email_md5");
  if (mouse) await use("add-type"); else await press("Tab");
  await type("formula");
  await by("add-type-generated").waitFor();
  if (mouse) await use("add-type-generated"); else { await press("ArrowDown"); await press("Enter"); }
  await use("add-submit");
  await use("expression");
  await ready("expression");
  await type("md5(lower(email))");
  await picture("5-generated");
  await press("Escape");
  if (mouse) await use("save"); else await press("Control+s");
  await by("plan-save").and(page.locator(":enabled")).waitFor();
  await picture("6-plan");
  if (mouse) await use("plan-save"); else { await ready("plan-save"); await press("Enter"); }
  await by("plan").waitFor({ state: "detached" });

  // An endpoint.
  if (mouse) await use("nav-endpoints"); else { await page.locator("body").focus(); await press("g"); await press("e"); }
  await use("new-endpoint");
  await by("new-make").waitFor();
  await use("new-make");
  await by("section-flow").waitFor();

  // A rate limit, dragged in.
  await use("anchor-flow");
  await use("flow-own");
  await by("palette-rate_limit").waitFor();
  if (mouse) await h.drag("palette-rate_limit", "node-main"); else await use("palette-rate_limit");
  await by("node-rate_limit").waitFor();
  if (!mouse) await press("Enter");
  await use("setting-limit");
  await type("60");
  await picture("7-flow");
  await press("Escape");

  // A response of its own shape.
  await use("anchor-response");
  await use("shape-presets");
  await by("shape-presets-envelope").waitFor();
  if (mouse) await use("shape-presets-envelope");
  else {
    await page.waitForFunction(() => document.activeElement?.closest("[role=menu]") !== null);
    while (!await by("shape-presets-envelope").evaluate((e) => e === document.activeElement)) await press("ArrowDown");
    await press("Enter");
  }
  await by("shape").waitFor();
  await picture("8-response");

  // On the air, and asked.
  await use("publish");
  await by("publish").waitFor({ state: "detached" });
  if (mouse) await use("try"); else await press("Control+Enter");
  await by("trial-status").getByText("200").waitFor();
  await picture("9-answer");
  assert.match(await by("trial-body").innerText(), /"msg": "ok"/);
  const unexpected = tab.complaints.filter((c) => !/status of 401/.test(c)); // nobody is signed in at first
  assert.deepEqual(unexpected, []);
  console.log(`story ${HANDS} ${LANGUAGE}: ${h.count.clicks} clicks, ${h.count.drags} drags, ${h.count.keys} keys, ${h.count.typed} signs typed, ${Math.round((Date.now() - begun) / 1000)} s`);
});
