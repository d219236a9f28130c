import { deepEqual, equal, match, ok } from "#assert";
import { main } from "../../lib/cli/main.ts";
import { withFiles } from "../../lib/cli/testing_command_line.ts";
import { findChromium } from "./chromium.ts";
import { type Page, withWatchedPage } from "./watched_page.ts";

const CONFIG = `
execution: { source: constant, step_seconds: 10 ms }
scaling: { min_instances: 0, max_instances: 3 }
workload: { type: poisson, arrival_rate: 5, num_requests: 200, functions: { count: 2 } }
functions: [{ name: '<img src=x onerror="window.wrong=1">' }, { name: plain }]
slo: { ttft_s: 5 }
`;

const program = findChromium();

/** The parts of a page's elements that are read. */
interface PageElement {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  getBoundingClientRect(): { readonly width: number; readonly left: number };
}

declare const document: { querySelectorAll(selector: string): Iterable<PageElement> };

Deno.test({
  name:
    "a report opens from a disk, draws, sorts, filters, tells stories and follows the chosen time",
  ignore: program === undefined,
  // The browser's own streams and timers end with it.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await withFiles({ "a.yaml": CONFIG }, async (folder) => {
      const said: string[] = [];
      const run = (...args: string[]) => main(args, () => {}, (line) => said.push(line));
      await run("simulate", `${folder}/a.yaml`, "--out", `${folder}/a`, "--quiet");
      equal(await run("report", `${folder}/a`), 0, said.join("\n"));
      await inBrowser(`file://${folder}/a/report.html`, async (page) => {
        const texts = (selector: string) =>
          page.evaluate(
            (selector) =>
              [...document.querySelectorAll(selector)].map(({ textContent }) => textContent),
            selector,
          );
        const marks = await page.locator(".chart svg.marks").count();
        equal(marks, await page.locator(".chart").count(), "every figure is drawn");
        ok(await page.locator("#result-0-time .mark-line path").count() >= 4);

        const column = async (name: string) => {
          const heads = await texts(".requests thead th");
          const place = heads.indexOf(name) + 1;
          return await texts(`.requests tbody tr td:nth-child(${place})`);
        };
        await page.locator(".requests th button[data-column=id]").click();
        await page.locator(".requests th button[data-column=id]").click();
        deepEqual((await column("id")).slice(0, 3), ["0", "1", "2"]);
        equal(
          await page.locator(".requests th[data-column=id]").getAttribute("aria-sort"),
          "ascending",
        );

        const field = page.locator(".requests input");
        await field.fill("function=plain id<=20");
        deepEqual(new Set(await column("function")), new Set(["plain"]));
        await field.fill("functoin=plain");
        match((await texts(".requests [role=alert]"))[0], /no column functoin/);
        await field.fill("");

        // By keys alone: the button of the first row, and its story.
        await page.locator(".requests tbody button").first().focus();
        await page.keyboard.press("Enter");
        match((await texts(".requests .story"))[0], /arrived .*TTFT .*E2E/);
        await page.keyboard.press("Enter");
        equal((await texts(".requests .story")).length, 0);

        const before = (await texts(".requests [role=status]"))[0];
        await page.locator("#result-0-time").scrollIntoViewIfNeeded();
        const strip = await page.locator("#result-0-time .mark-area path").first().boundingBox();
        await page.mouse.move(strip!.x + strip!.width * 0.2, strip!.y + strip!.height / 2);
        await page.mouse.down();
        await page.mouse.move(strip!.x + strip!.width * 0.5, strip!.y + strip!.height / 2, {
          steps: 5,
        });
        await page.mouse.up();
        await page.waitForFunction(() =>
          [...document.querySelectorAll(".window")][0].textContent.startsWith(
            "Requests that arrive",
          )
        );
        ok((await texts(".requests [role=status]"))[0] !== before);
        await byKeys(page, texts);
      });
    });
  },
});

/** A time is chosen in fields, and a name in a key shows its series alone, without a pointer. */
async function byKeys(
  page: Page,
  texts: (selector: string) => Promise<string[]>,
): Promise<void> {
  const told = async (text: string) => {
    await page.waitForFunction(
      (text) => [...document.querySelectorAll(".window")][0].textContent === text,
      text,
    );
    return (await texts(".requests [role=status]"))[0];
  };
  const to = page.locator("[data-time=to]");
  ok(Number(await to.inputValue()) < Number(await to.getAttribute("max")), "the strip is told");
  await page.locator("[data-time=from]").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("10");
  await to.fill("20");
  const some = await told("Requests that arrive from 10.0 s to 20.0 s");
  await to.fill("5");
  equal(await to.getAttribute("aria-invalid"), "true");
  await page.locator("[data-time=all]").press("Enter");
  ok(await told("All requests") !== some);

  /** Waits until lines have so many different strengths. */
  const strengths = (count: number) =>
    page.waitForFunction((count) => {
      const lines = document.querySelectorAll("#result-0-time .mark-line path");
      return new Set([...lines].map((line) => line.getAttribute("opacity"))).size === count;
    }, count);
  await strengths(1);
  await page.locator("#result-0-time [role=button]").first().focus();
  await page.keyboard.press("Enter");
  await strengths(2);
  await page.keyboard.press("Escape");
  await strengths(1);
}

/** Opens a page, and sees that it asks nobody for anything, and says nothing to the console. */
async function inBrowser(address: string, use: (page: Page) => Promise<void>): Promise<void> {
  const isOwn = (url: string) => /^(file|data|blob):/.test(url);
  await withWatchedPage(program!, isOwn, async (page, _, said) => {
    await page.goto(address);
    await page.waitForSelector("body[data-state=ready]");
    await use(page);
    equal(await page.evaluate("window.wrong"), undefined, "a name was run");
    deepEqual(said, []);
  });
}
