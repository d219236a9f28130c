import { deepEqual, equal, match, ok, rejects } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { summaryPaths } from "../../experiment/replication_figures.ts";
import type { FigureSpec } from "../../plot/mod.ts";
import { simulate } from "../../run/simulate.ts";
import { DISPLAY } from "../../std/display.ts";
import { chart, draw, saveFigure, show } from "../notebook.ts";

type Bundle = Record<string, string>;
/** What a notebook shows of an object. */
const shown = async (object: object) =>
  await (object as Record<symbol, () => Bundle | Promise<Bundle>>)[DISPLAY]();

const CONFIG = loadConfig(`
workload: { type: poisson, arrival_rate: 5, num_requests: 200 }
slo: { ttft_s: 1 }
`);
const RUN = await simulate(CONFIG);

Deno.test("a run shows itself in short: latencies, figures, notices, what is in it", async () => {
  const { "text/plain": plain, "text/html": html } = await shown(RUN);
  match(plain, /^run: 200 requests to 1 function in \d+ s\n/);
  match(plain, /TTFT +s +/);
  match(plain, /requests\.completed +200/);
  match(plain, /notices\n- price of h100/);
  match(plain, /requests: 200 rows/);
  ok(plain.length < 4000 && html.length < 12_000, `${plain.length}, ${html.length}`);
});

Deno.test("a summary shows all its figures in sections, with units, and why some are null", async () => {
  const { "text/plain": plain } = await shown(RUN.summary);
  for (const path of summaryPaths(RUN.summary).keys()) {
    const [key, ...rest] = path.split(".");
    // A figure stands by its name, one of a group below the group's.
    if (/^(ttft|tbt|tpot|e2e|normalized_latency|scheduling_delay)_s$/.test(key)) continue;
    const name = rest.length > 0 ? rest.join(".") : key;
    ok(
      new RegExp(`^${name.replaceAll(".", "\\.")} `, "m").test(plain) ||
        RUN.summary[key as "kv"] === null,
      path,
    );
  }
  match(plain, /^throughput_rps +[\d.]+ +requests\/s$/m);
  match(plain, /^total_usd +[\d.]+ +US\$$/m);
  match(plain, /^slo_attainment +[\d.]+ +0\.\.1$/m);
  match(plain, new RegExp(RUN.summary.digest));
});

Deno.test("static batches have no gaps between tokens: null with a notice, not the best of all", async () => {
  const run = await simulate(loadConfig(`
workload: { type: poisson, arrival_rate: 5, num_requests: 50, classes: [{ name: a, share: 1, slo: { ttft_s: 9 } }] }
scheduler: { type: fastertransformer }
`));
  for (const latency of [run.summary.tbt_s, run.summary.tpot_s, run.summary.classes[0].tpot_s]) {
    ok(Object.values(latency).every((value) => value === null));
  }
  ok(run.engine.notices.some((line) => /tpot_s.*tbt_s.* null: every output came whole/.test(line)));
  ok(run.summary.e2e_s.mean! > 0);
});

Deno.test("a configuration shows what differs from the defaults, or from its platform", async () => {
  const { "text/plain": plain } = await shown(CONFIG);
  match(plain, /^configuration: what differs from the defaults\n/);
  match(plain, /^workload\.num_requests +200 +—$/m);
  match(plain, /^workload\.type +poisson +embedded$/m);
  equal(/model\.name/.test(plain), false);
  const platform = await shown(loadConfig("platform: modal-like\nworkload: { arrival_rate: 3 }"));
  match(platform["text/plain"], /from the platform modal-like[^]*workload\.arrival_rate +3/);
  const same = await shown(loadConfig());
  equal(same["text/plain"], "configuration: the defaults, nothing else");
});

Deno.test("displays are no part of what runs return", () => {
  for (const object of [RUN, RUN.summary, CONFIG, draw(RUN, "cost")]) {
    deepEqual(Reflect.ownKeys({ ...object }).filter((key) => typeof key === "symbol"), []);
  }
  deepEqual(structuredClone(RUN.summary), RUN.summary);
});

Deno.test("a figure shows itself: PNG, Vega-Lite under its own version, text", async () => {
  const bundle = await shown(draw(RUN, "latency_cdf", { slo: CONFIG.slo }));
  deepEqual(Object.keys(bundle), [
    ...["image/png", "application/vnd.vegalite.v6+json", "application/vnd.vegalite.v5+json"],
    "text/plain",
  ]);
  for (const version of [5, 6]) {
    const spec = bundle[`application/vnd.vegalite.v${version}+json`] as unknown as {
      $schema: string;
      config: { mark: { tooltip: boolean } };
    };
    equal(spec.$schema, `https://vega.github.io/schema/vega-lite/v${version}.json`);
    equal(spec.config.mark.tooltip, true);
  }
  deepEqual(bundle, await shown(await show(draw(RUN, "latency_cdf", { slo: CONFIG.slo }))));
});

/** Width and height of a PNG, pixels. */
function pixels(png: string): number[] {
  const view = new DataView(Uint8Array.fromBase64(png).buffer);
  return [view.getUint32(16), view.getUint32(20)];
}

Deno.test("a specification of one's own gets the theme, and is left as it is without", async () => {
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    data: { values: [{ a: "x", b: 1 }] },
    mark: "bar",
    width: 200,
    encoding: { x: { field: "a" }, y: { field: "b", type: "quantitative" } },
    config: { axis: { labelFontSize: 9 } },
  } as unknown as FigureSpec;
  const mime = "application/vnd.vegalite.v5+json";
  const themed = await shown(await show(spec));
  deepEqual(Object.keys(themed).filter((key) => key.includes("vegalite")), [mime]);
  const own = themed[mime] as unknown as {
    width: number;
    config: { font: string; axis: Record<string, number> };
  };
  equal(own.config.font, "DejaVu Sans");
  // What the specification says wins; lengths are points, drawn as pixels.
  equal(own.config.axis.labelFontSize / own.width, 9 / 200);
  equal(own.config.axis.titleFontSize / own.width, 8 / 200);
  const plain = await shown(await show(spec, { theme: false }));
  deepEqual((plain[mime] as unknown as { config: object }).config, { axis: { labelFontSize: 9 } });
  equal((plain[mime] as unknown as { width: number }).width, 200);
  const [wide, narrow] = [pixels(themed["image/png"])[0], pixels(plain["image/png"])[0]];
  ok(wide > 1.3 * narrow, `${wide} and ${narrow}`);
  const wrong = { ...spec, encoding: { x: { field: "aa" } } } as unknown as FigureSpec;
  await rejects(show(wrong), /"encoding\.x\.field".*did you mean "a"\?/);
});

Deno.test("a chart is saved in one call, at the size of a page, by the end of the name", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const points = chart([{ x: 1, y: 2 }, { x: 2, y: 3 }]).point({ x: "x", y: "y" });
    for (const end of ["pdf", "svg", "png"]) await points.save(`${folder}/fig.${end}`);
    equal(new TextDecoder().decode(await Deno.readFile(`${folder}/fig.pdf`)).slice(0, 5), "%PDF-");
    match(await Deno.readTextFile(`${folder}/fig.svg`), /width="240pt"/);
    await rejects(points.save(`${folder}/fig.pfd`), /\.pdf, \.svg, \.png \(did you mean \.pdf\?\)/);
    await rejects(saveFigure(points.spec, `${folder}/fig`), /current value is ".*fig"/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
