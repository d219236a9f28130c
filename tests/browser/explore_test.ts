import { deepEqual, equal, match, notEqual, ok } from "#assert";
import { gzipSync } from "node:zlib";
import { loadConfig, simulate } from "simfaasinfer";
import { pathToFileURL } from "node:url";
import { buildSite, type SiteFiles } from "../../lib/cli/explore/build_site.ts";
import { linkText } from "../../lib/report/explore/link.ts";
import { pageBase } from "../../lib/report/explore/mod.ts";
import { findChromium } from "./chromium.ts";
import { LIMIT_MS, type Page, withWatchedPage } from "./watched_page.ts";

/** Most that is fetched before the first answer, as a web server packs it. */
const MOST_BYTES = 400_000;

const program = findChromium();

/** The parts of a page that are set. */
declare const location: { hash: string };
declare const document: { readonly body: { readonly dataset: Record<string, string> } };

Deno.test({
  name:
    "the page answers as the command line does, by mouse and keys, and a link brings its state back",
  ignore: program === undefined,
  // The browser's own streams and timers end with it.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const files = await buildSite(pageBase(loadConfig("")), "Test", { offline: true });
    const fetched = new Set<string>();
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const name = new URL(request.url).pathname.slice(1) || "index.html";
      fetched.add(name);
      const type = { html: "text/html", css: "text/css" }[name.replace(/^.*\./, "")] ??
        "text/javascript";
      return new Response(files.get(name), { headers: { "content-type": type } });
    });
    const address = `http://127.0.0.1:${server.addr.port}/`;
    try {
      await withWatchedPage(
        program!,
        (url) => url.startsWith(address) || /^(file|blob):/.test(url),
        async (page, browser, said) => {
          const digest = async () => {
            await page.waitForSelector("body[data-state=refined]");
            return await page.locator("#digest").textContent();
          };
          const forget = () => page.evaluate("document.body.dataset.state = 'waiting'");
          await page.goto(address);
          const before = await digest();
          const bytes = [...fetched].reduce(
            (sum, name) => sum + gzipSync(files.get(name) ?? "").length,
            0,
          );
          ok(bytes < MOST_BYTES, `${bytes} bytes before the first answer`);

          await forget();
          await page.locator("#knob-rate").focus();
          await page.keyboard.press("ArrowRight");
          const after = await digest();
          notEqual(after, before);
          await forget();
          await page.locator("#knob-zero").uncheck();
          const always = await digest();
          await page.locator("#yaml").click();
          await page.locator("#text:not(:empty)").waitFor({ state: "attached" });
          const yaml = (await page.locator("#text").textContent())!;
          match(yaml, /min_instances: 1/);
          equal((await simulate(loadConfig(yaml))).summary.digest, always);

          await page.locator("#keep").click();
          await forget();
          await page.locator("#knob-gpu").selectOption("a100-sxm-80gb");
          await digest();
          ok(await page.locator("#percentiles path.other").count() > 0, "B is drawn beside A");
          equal(await page.locator("#figures thead th").count(), 3);
          const link = page.url();
          const shown = await page.locator("#figures").innerText();
          const again = await browser.newPage();
          again.setDefaultTimeout(LIMIT_MS);
          await again.goto(link);
          await again.waitForSelector("body[data-state=refined]");
          equal(await again.locator("#figures").innerText(), shown);

          // A link whose B has fewer requests than are asked for, or cannot run, and one of another page.
          const follow = async (hash: string) => {
            await again.evaluate((hash) => {
              document.body.dataset.state = "waiting";
              location.hash = hash;
            }, hash);
            await again.waitForSelector("body[data-state=refined]");
            return (await again.locator("#done").textContent())!;
          };
          const rate = (arrival_rate: number) => ({ workload: { arrival_rate } });
          equal(await follow(await linkText({ a: rate(1), b: rate(0.7) })), "");
          equal(await again.locator("#figures thead th").count(), 3);
          const small = { cluster: { gpu_type: "t4" } };
          match(await follow(await linkText({ a: rate(1), b: small })), /^B: /);
          match(await follow("garbage"), /^The link cannot be read/);
          // A configuration that is not the page's own, which is checked as one of a file is.
          const other = { ...rate(0.45), scheduler: { max_num_seqs: 12 } };
          equal(await follow(await linkText({ a: other })), "");
          await again.locator("#yaml").click();
          await again.locator("#text:not(:empty)").waitFor({ state: "attached" });
          const shownYaml = (await again.locator("#text").textContent())!;
          match(shownYaml, /max_num_seqs: 12/);
          equal(
            await again.locator("#digest").textContent(),
            (await simulate(loadConfig(shownYaml))).summary.digest,
          );
          const wrong = { a: { scheduler: { max_num_seqs: -1 } } };
          match(
            await follow(await linkText(wrong)),
            /^A of the link cannot be shown: .*max_num_seqs/,
          );

          await forget();
          await page.locator("#knob-tp").focus();
          for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
          await digest();
          await opensFromDisk(page, files, always);
          deepEqual(said, []);
        },
      );
    } finally {
      await server.shutdown();
    }
  },
});

/** The same page from a disk, where there is no web server: it answers as well, and keeps its link. */
async function opensFromDisk(page: Page, files: SiteFiles, always: string | null): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "simfaasinfer-explore-" });
  try {
    for (const [name, text] of files) Deno.writeTextFileSync(`${folder}/${name}`, text);
    await page.goto(`${pathToFileURL(folder).href}/index.html`);
    await page.waitForSelector("body[data-state=refined]");
    await page.evaluate("document.body.dataset.state = 'waiting'");
    await page.locator("#knob-rate").focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector("body[data-state=refined]");
    await page.evaluate("document.body.dataset.state = 'waiting'");
    await page.locator("#knob-zero").uncheck();
    await page.waitForSelector("body[data-state=refined]");
    equal(await page.locator("#digest").textContent(), always);
    match(page.url(), /^file:.*#[\w-]+$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
