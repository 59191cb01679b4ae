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
  const stages = [];
  /** What is done ends here: a picture of it, and how many clicks, drags and keys it took, with what was typed. */
  async function done(name) {
    await shot(page, `story-${HANDS}-${LANGUAGE}-${stages.length + 1}-${name}`);
    stages.push(`${name} ${h.taken()}`);
  }
  const begun = Date.now();

  // The owner's account.
  await page.goto(LINK);
  await ready("setup-email");
  await type("owner@example.org");
  if (mouse) await use("setup-password"); else await press("Tab");
  await type("correct horse battery");
  await done("account");
  if (mouse) await use("setup-submit"); else await press("Enter");

  // A project.
  await ready("project-name");
  await type("blog");
  await by("check").getByRole("listitem").first().waitFor();
  await done("start");
  if (mouse) await use("project-create"); else await press("Enter");
  await by("step-table").waitFor();
  await done("dashboard");

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
  if (mouse) await use("field-title"); else { await h.reach("field-likes"); await press("Home"); await press("Enter"); await ready("name"); }
  await use("constraint-add");
  await ready("constraint");
  await type("$value.length > 2");
  await by("bench").waitFor();
  await done("constraint");

  // A generated field.
  if (mouse) await use("add-name"); else { await press("Escape"); await h.reach("add-name"); }
  await type("email_md5");
  if (mouse) await use("add-type"); else await press("Tab");
  await by("add-type-generated").waitFor(); // one sees the list of all types, and types
  await type("formula");
  await by("add-type-generated").waitFor();
  if (mouse) await use("add-type-generated"); else { await press("ArrowDown"); await press("Enter"); }
  await use("add-submit");
  if (mouse) await use("expression"); else { await h.reach("field-email_md5"); await press("Enter"); await ready("name"); await h.reach("expression"); }
  await ready("expression");
  await type("md5(lower(email))");
  await by("preview").waitFor();
  await done("generated");
  await press("Escape");
  if (mouse) await use("save"); else await press("Control+s");
  await by("plan-save").and(page.locator(":enabled")).waitFor();
  await done("plan");
  if (mouse) await use("plan-save"); else { await ready("plan-save"); await press("Enter"); }
  await by("plan").waitFor({ state: "detached" });

  // An endpoint.
  if (mouse) await use("nav-endpoints"); else { await page.locator("body").focus(); await press("g"); await press("e"); }
  await use("new-endpoint");
  await by("new-make").waitFor();
  await use("new-make");
  await by("section-flow").waitFor();

  // A rate limit, dragged in.
  if (mouse) await use("anchor-flow"); else { await press("g"); await press("6"); }
  await use("flow-own");
  await by("palette-rate_limit").waitFor();
  if (mouse) await h.drag("palette-rate_limit", "node-main"); else await use("palette-rate_limit");
  await by("node-rate_limit").waitFor();
  if (!mouse) await press("Enter");
  await ready("setting-limit"); // what the form begins with is typed over
  await type("30");
  await done("flow");
  await press("Escape");

  // A response of its own shape.
  if (mouse) await use("anchor-response"); else { await press("g"); await press("7"); }
  await use("shape-presets");
  await by("shape-presets-envelope").waitFor();
  if (mouse) await use("shape-presets-envelope");
  else {
    await page.waitForFunction(() => document.activeElement?.closest("[role=menu]") !== null);
    while (!await by("shape-presets-envelope").evaluate((e) => e === document.activeElement)) await press("ArrowDown");
    await press("Enter");
  }
  await by("shape").waitFor();
  await done("response");

  // On the air, and asked.
  await use("publish");
  await by("publish").waitFor({ state: "detached" });
  if (mouse) await use("try"); else await press("Control+Enter");
  await by("trial-status").getByText("200").waitFor();
  await done("answer");
  assert.match(await by("trial-body").innerText(), /"msg": "ok"/);
  // Nobody is signed in at first; what is typed slowly is tried half, and refused.
  const unexpected = tab.complaints.filter((c) => !/status of 40[01]/.test(c));
  assert.deepEqual(unexpected, []);
  console.log(`story ${HANDS} ${LANGUAGE}: ${h.count.clicks} clicks, ${h.count.drags} drags, ${h.count.keys} keys, ${h.count.typed} signs typed, ${Math.round((Date.now() - begun) / 1000)} s (${stages.join(", ")})`);
});
