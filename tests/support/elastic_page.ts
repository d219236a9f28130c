/**
 * What docs/elastic-fleets.md shows of scaling policies on a burst and of keep-alive on the Azure code
 * trace: tables and figures. `deno run -A tests/support/elastic_page.ts` writes them, those of the
 * trace where a copy of it is at hand; a test compares them with new runs.
 * @module
 */
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";
import type { Summary } from "../../lib/metrics/run_tables.ts";
import { barPanels, type FigureSpec, renderSvg } from "../../lib/plot/mod.ts";
import { findExternalData } from "../../lib/results/external_data.ts";
import type { ScalingName } from "../../lib/serverless/scaling/mod.ts";

/** The page, and the folder of its figures. */
export const PAGE = new URL("../../docs/elastic-fleets.md", import.meta.url);
export const FIGURES = new URL("../../docs/figures/", import.meta.url);

/** The trace, where it is. */
export const TRACE = findExternalData("azure-llm-2023", "AzureLLMInferenceTrace_code.csv");

/** A section of the page: its heading, the table made anew, and its figure. */
export interface PageSection {
  readonly heading: string;
  readonly table: string;
  readonly figureName: string;
  readonly figure: FigureSpec;
}

/** The policies that the page compares: all that decide something. */
const COMPARED: readonly ScalingName[] = [
  "threshold",
  "concurrency",
  "queue-delay",
  "request-count",
  "target-tracking",
  "knative-kpa",
  "hpa",
  "keda",
  "slo",
  "predictive",
  "schedule",
  "oracle",
];

/** Every scaling policy on the burst that the page's first configuration describes. */
export async function burstSection(page: string): Promise<PageSection> {
  const heading = "Scaling policies on a burst";
  const yaml = configurationIn(page, heading);
  const runs: { name: string; summary: Summary }[] = [];
  for (const name of COMPARED) {
    const config = loadConfig([yaml, `scaling: { policy: ${name} }`]);
    runs.push({ name, summary: (await simulate(config)).summary });
  }
  const oracle = runs.find(({ name }) => name === "oracle")!.summary;
  const order = runs.toSorted((a, b) =>
    Number(b.name === "oracle") - Number(a.name === "oracle") ||
    b.summary.slo_attainment! - a.summary.slo_attainment! ||
    a.summary.gpu_hours - b.summary.gpu_hours
  );
  const percent = (share: number) => (100 * share).toFixed(1);
  const signed = (value: number) => `${value > 0 ? "+" : ""}${value.toFixed(2)}`;
  const head = ["Policy", "TTFT p50", "TTFT p99", "Attainment", "GPU hours", "Starts"]
    .concat("Regret, points of attainment", "Regret, GPU hours");
  return {
    heading,
    table: renderTable([
      head,
      ...order.map(({ name, summary: s }) => [
        `\`${name}\``,
        `${(1000 * s.ttft_s.p50!).toFixed(0)} ms`,
        `${s.ttft_s.p99!.toFixed(2)} s`,
        `${percent(s.slo_attainment!)} %`,
        s.gpu_hours.toFixed(2),
        `${s.cold_starts}`,
        percent(oracle.slo_attainment! - s.slo_attainment!),
        signed(s.gpu_hours - oracle.gpu_hours),
      ]),
    ]),
    figureName: "scaling-burst.svg",
    figure: barPanels(
      order.flatMap(({ name: label, summary: s }) => [
        { panel: "Requests within\nthe SLO (%)", label, value: 100 * s.slo_attainment! },
        { panel: "GPU hours", label, value: s.gpu_hours },
        { panel: "TTFT p99 (s)", label, value: s.ttft_s.p99! },
      ]),
      { most: { "Requests within\nthe SLO (%)": 100 } },
    ),
  };
}

/** Settings of `scaling.keep_alive` by the name in the table. */
const KEEP_ALIVES: Readonly<Record<string, string>> = {
  "0 s": "{ seconds: 0s }",
  "10 s": "{ seconds: 10s }",
  "60 s": "{ seconds: 60s }",
  "300 s": "{ seconds: 300s }",
  "900 s": "{ seconds: 900s }",
  "histogram": "{ policy: hybrid-histogram, hybrid_histogram: { bin: 5s, range: 600s } }",
};

/** The runs of the keep-alive section by the name of the keep-alive. */
export async function keepAliveRuns(
  page: string,
  traceText: string,
): Promise<ReadonlyMap<string, Summary>> {
  const yaml = configurationIn(page, "Keep-alive on the Azure code trace");
  const runs = new Map<string, Summary>();
  for (const [name, keepAlive] of Object.entries(KEEP_ALIVES)) {
    const config = loadConfig([yaml, `scaling: { keep_alive: ${keepAlive} }`]);
    runs.set(name, (await simulate(config, { traceText })).summary);
  }
  return runs;
}

/** Fixed keep-alives and the hybrid histogram on the trace. */
export function keepAliveSection(runs: ReadonlyMap<string, Summary>): PageSection {
  const head = ["Keep-alive", "TTFT p50", "TTFT p99", "Requests that wait for a start", "Starts"]
    .concat("Cost", "of it idle");
  return {
    heading: "Keep-alive on the Azure code trace",
    table: renderTable([
      head,
      ...[...runs].map(([name, s]) => [
        name,
        `${s.ttft_s.p50!.toFixed(2)} s`,
        `${s.ttft_s.p99!.toFixed(2)} s`,
        `${(100 * s.cold_start_rate).toFixed(2)} %`,
        `${s.cold_starts}`,
        `\\$${s.cost.total_usd!.toFixed(2)}`,
        `\\$${s.cost.idle_usd!.toFixed(2)}`,
      ]),
    ]),
    figureName: "keep-alive-azure.svg",
    figure: barPanels([...runs].flatMap(([label, s]) => [
      { panel: "TTFT p99 (s)", label, value: s.ttft_s.p99! },
      { panel: "Requests that\nwait (%)", label, value: 100 * s.cold_start_rate },
      { panel: "Cost of the\nhour (US$)", label, value: s.cost.total_usd! },
      { panel: "Idle cost\n(US$)", label, value: s.cost.idle_usd! },
    ])),
  };
}

/** The page with the first table of a section replaced. */
export function withTable(page: string, { heading, table }: PageSection): string {
  const [from, to] = boundsOf(page, heading);
  const section = page.slice(from, to).replace(/\n\|[^]*?\|\n\n/, () => `\n${table}\n\n`);
  return page.slice(0, from) + section + page.slice(to);
}

function configurationIn(page: string, heading: string): string {
  return /```yaml\n([^]*?)```/.exec(page.slice(...boundsOf(page, heading)))![1];
}

function boundsOf(page: string, heading: string): [number, number] {
  const from = page.indexOf(`\n## ${heading}\n`);
  const next = page.indexOf("\n## ", from + 1);
  return [from, next < 0 ? page.length : next];
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const lines = rows.map((row) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`
  );
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}

if (import.meta.main) {
  let page = Deno.readTextFileSync(PAGE);
  const sections = [await burstSection(page)];
  if (TRACE !== undefined) {
    sections.push(keepAliveSection(await keepAliveRuns(page, Deno.readTextFileSync(TRACE))));
  }
  for (const section of sections) {
    page = withTable(page, section);
    const svg = await renderSvg(section.figure);
    Deno.writeTextFileSync(new URL(section.figureName, FIGURES), svg);
  }
  Deno.writeTextFileSync(PAGE, page);
}
