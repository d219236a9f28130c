/**
 * How the time of a run grows with requests, instances, functions, days and output lengths: measures
 * each and draws the figures of docs/performance.md. `deno run -A tests/bench/scale.ts` does both,
 * `--draw` draws what was measured before (docs/figures/scale.json).
 *
 * @module
 */
import { measureSimulate } from "../../lib/cli/bench/measure_process.ts";
import { bandedCurves, pointPanels, renderSvg } from "../../lib/plot/mod.ts";

const DOCS = new URL("../../docs/figures/", import.meta.url);
const MEASURED = new URL("scale.json", DOCS);

/** One job of a curve: where it stands, and its settings. */
interface Job {
  readonly x: number;
  readonly settings: readonly string[];
}

/** One curve. */
interface Curve {
  readonly name: string;
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Configuration in this folder. */
  readonly file: string;
  /** Requests of a job, where the time is told per request of the loop; absent: that of the process. */
  readonly perRequest?: number;
  readonly jobs: readonly Job[];
}

const HUNDRED = 100_000;
const PER_REQUEST = "loop per request (microseconds)";
const WHOLE = "process (CPU seconds)";

const CURVES: readonly Curve[] = [
  {
    name: "requests",
    title: "Requests",
    xTitle: "requests",
    yTitle: WHOLE,
    file: "standard.yaml",
    jobs: [10, 100, 1000, 10_000, HUNDRED, 1_000_000].map((x) => ({
      x,
      settings: [`workload.num_requests=${x}`],
    })),
  },
  {
    name: "instances",
    title: "Instances at equal loads",
    xTitle: "instances",
    yTitle: PER_REQUEST,
    file: "standard.yaml",
    perRequest: 4 * HUNDRED,
    jobs: [4, 16, 64, 256, 1000].map((x) => ({
      x,
      settings: [
        `cluster.num_replicas=${x}`,
        `workload.arrival_rate=${8 * x}`,
        `workload.num_requests=${4 * HUNDRED}`,
      ],
    })),
  },
  {
    name: "outputs",
    title: "Lengths at one load",
    xTitle: "output tokens, mean",
    yTitle: PER_REQUEST,
    file: "standard.yaml",
    perRequest: HUNDRED,
    jobs: [50, 100, 200, 400, 800].map((x) => ({
      x,
      settings: [
        `workload.decode_length={ distribution: exponential, mean: ${x}, min: 2, max: 8192 }`,
        `workload.arrival_rate=${6400 / x}`,
        `workload.num_requests=${HUNDRED}`,
      ],
    })),
  },
  {
    name: "functions",
    title: "Functions, one hour",
    xTitle: "functions",
    yTitle: WHOLE,
    file: "functions.yaml",
    jobs: [10, 100, 1000, 10_000].map((x) => ({
      x,
      settings: [`functions=[{ name: f, count: ${x} }]`],
    })),
  },
  {
    name: "days",
    title: "One function, days",
    xTitle: "days",
    yTitle: WHOLE,
    file: "functions.yaml",
    jobs: [1, 3, 10, 30, 100].map((x) => ({
      x,
      settings: [
        ...["functions=[]", "workload.functions={}", "workload.arrival_rate=0.01"],
        `simulation.duration=${x}d`,
      ],
    })),
  },
];

type Measured = Readonly<Record<string, readonly { readonly x: number; readonly y: number }[]>>;

/**
 * The same requests in other simulators, CPU seconds of the whole process, each measured once on the
 * machine and in the round of the first measurement of this program.
 */
const PEERS = [
  { series: "BLIS", x: 1000, y: 0.23 },
  { series: "BLIS", x: HUNDRED, y: 21.5 },
  { series: "Vidur", x: 10_000, y: 22.5 },
  { series: "SimFaaSInfer (Python)", x: 1000, y: 17.6 },
];

async function measure(): Promise<Measured> {
  const measured: Record<string, { x: number; y: number }[]> = {};
  for (const { name, file, perRequest, jobs } of CURVES) {
    measured[name] = [];
    for (const { x, settings } of jobs) {
      const path = decodeURIComponent(new URL(file, import.meta.url).pathname);
      const { total, phases } = await measureSimulate([
        path,
        ...settings.flatMap((setting) => ["--set", setting]),
      ]);
      const y = perRequest === undefined ? total.cpu_s : 1e6 * phases.loop.cpu_s / perRequest;
      measured[name].push({ x, y: Number(y.toPrecision(3)) });
      console.log(name, x, y.toPrecision(3));
    }
  }
  return measured;
}

async function draw(measured: Measured): Promise<void> {
  const panels = CURVES.slice(1).map(({ name, title, xTitle, yTitle }) => ({
    ...{ title, xTitle, yTitle },
    points: measured[name],
  }));
  const rows = [
    ...measured.requests.map((point) => ({ series: "this simulator", ...point })),
    ...PEERS,
  ].map((point) => ({ ...point, lower: point.y, upper: point.y }));
  const figures = {
    "scale.svg": pointPanels(panels),
    "scale-requests.svg": bandedCurves(rows, {
      xTitle: "requests",
      yTitle: WHOLE,
      xLog: true,
      yLog: true,
      column: 2,
    }),
  };
  for (const [name, figure] of Object.entries(figures)) {
    await Deno.writeTextFile(new URL(name, DOCS), await renderSvg(figure));
  }
}

if (import.meta.main) {
  if (!Deno.args.includes("--draw")) {
    await Deno.writeTextFile(MEASURED, JSON.stringify(await measure(), null, 2) + "\n");
  }
  await draw(JSON.parse(await Deno.readTextFile(MEASURED)));
}
