import { deepStrictEqual, ok, strictEqual } from "#assert";
import { browserBundle } from "../support/browser_bundle.ts";
import { type Answer, CASES, runCases } from "./cases.ts";
import { type Browser, findChromium, openPage } from "./chromium.ts";

/** A browser that has not answered after so long hangs, milliseconds. */
const TIME_LIMIT_MS = 60_000;

const HTML = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<script>
  addEventListener("error", (event) => fetch("answer", {
    method: "POST",
    body: JSON.stringify({ error: event.message }),
  }));
</script>
<script type="module" src="page.js"></script>`;

interface Message {
  readonly answer?: Answer;
  /** Names that mod.ts exports. */
  readonly names?: string[];
  readonly error?: string;
}

const program = findChromium();

/** What the bundle answers in a browser. */
async function askBrowser(program: string, bundle: string): Promise<Message> {
  const { promise, resolve, reject } = Promise.withResolvers<Message>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/answer") resolve(await request.json());
    const [text, type] = pathname === "/page.js"
      ? [bundle, "text/javascript"]
      : [pathname === "/" ? HTML : "", "text/html"];
    return new Response(text, { headers: { "content-type": type } });
  });
  const timer = setTimeout(
    () => reject(new Error(`The browser has not answered within ${TIME_LIMIT_MS / 1000} s`)),
    TIME_LIMIT_MS,
  );
  let browser: Browser | undefined;
  try {
    browser = await openPage(program, `http://127.0.0.1:${server.addr.port}/`);
    browser.said.then((text) => reject(new Error(`The browser ended without an answer: ${text}`)));
    return await promise;
  } finally {
    clearTimeout(timer);
    await browser?.close();
    await server.shutdown();
  }
}

Deno.test({
  name: "a browser gives the digests, summaries and figure that Deno gives (needs Chromium)",
  ignore: program === undefined,
  async fn() {
    const bundle = await browserBundle("tests/browser/page.ts");
    const { answer, names = [], error } = await askBrowser(program!, bundle);
    strictEqual(error, undefined);
    for (const name of Object.keys(await import("simfaasinfer"))) {
      ok(names.includes(name), `exports ${name}`);
    }
    const own = await runCases();
    strictEqual(Object.keys(own.digests).length, CASES.length);
    deepStrictEqual(answer!.digests, own.digests);
    // As JSON: a browser's answer cannot hold undefined.
    deepStrictEqual(answer, JSON.parse(JSON.stringify(own)));
  },
});
