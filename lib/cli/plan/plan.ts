import { shownFile } from "../../std/input_error.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { readInput } from "../read_input.ts";
import { UsageError } from "../usage_error.ts";
import { planProgress } from "./plan_progress.ts";
import { type PlanRequest, requestOf, takePlanSection } from "./plan_request.ts";
import { showPlan } from "./show_plan.ts";
import { runWhatIf, WHAT_IF_HELP } from "./what_if.ts";

const OPTIONS: readonly CommandOption[] = [
  {
    name: "slo",
    value: "LIMITS",
    describe: "What has to be kept: ttft_p99<2s,tpot_p99<50ms,attainment>=99%",
  },
  {
    name: "over",
    value: "FACTORS",
    describe: "What may vary, any setting: cluster.gpu_type=[H100,A100];cluster.num_replicas=1..16",
  },
  { name: "rate", value: "N", describe: "Requests per second; without it the configuration's" },
  {
    name: "max-rate",
    describe:
      "Find the highest rate at which each candidate keeps the limits; the best takes the\n" +
      "least per request or, under a budget, serves the most",
  },
  {
    name: "frontier",
    value: "LATENCY",
    describe: "Find the candidates that no other one betters in cost and this latency: ttft_p99",
  },
  { name: "quick", describe: "Do not look for the rate up to which the choice keeps the limits" },
  { name: "trace", value: "FILE", describe: "Replay this trace (workload.type trace)" },
  { name: "budget", value: "USD/h", describe: "Dollars per hour at most: 40USD/h" },
  {
    name: "objective",
    value: "NAME",
    describe:
      "What is made small: cost (default, dollars per hour), gpus, usd-per-mtok (dollars\n" +
      "per million output tokens), energy (kW: energy.enabled is set)",
  },
  {
    name: "set",
    value: "PATH=VALUE",
    repeats: true,
    describe: "Set one setting of all candidates, over all files",
  },
  {
    name: "out",
    value: "DIR",
    describe: "Write plan.json, plan.parquet, manifest.json and figures/ there",
  },
  { name: "json", describe: "Print plan.json in place of the answer and the tables" },
  {
    name: "store",
    value: "DIR",
    describe: "Where the figures of finished runs are kept (results/sweeps): a plan that is\n" +
      "stopped goes on from there, another one shares its runs",
  },
  {
    name: "workers",
    value: "N",
    describe: "Runs at once (as many as cores); the plan is the same",
  },
  { name: "quiet", describe: "No progress" },
];

/** The command "plan". */
export const planCommand: Command = {
  name: "plan",
  summary: "Find the cheapest deployment that keeps latency limits",
  help: `Finds the cheapest deployment that keeps limits on latency under a load.

Usage: deno task plan [CONFIG.yaml...] --slo LIMITS --over FACTORS [OPTION...]
       deno task plan whatif RESULT --set PATH=VALUE... [OPTION...]

Every combination of the factors' levels is a candidate. A bound on the work, prices and other
candidates leave out what cannot win, with the reason; the rest is simulated, the winner on fresh
seeds once more. A file may hold all of it in a section "plan", with the names of the options.

${describeOptions(OPTIONS)}

What a change does to a result, with paired intervals:

${WHAT_IF_HELP}

Exit codes: 0 done, 1 no candidate keeps the limits (the nearest miss is shown), 2 a mistake in the
input (one line says which), 130 interrupted.`,
  async run(args, print) {
    const [first, ...others] = args;
    return first === "whatif" ? await runWhatIf(others, print) : await runPlan(args, print);
  },
};

async function runPlan(args: readonly string[], print: (line: string) => void): Promise<number> {
  const given = readArguments("plan", args, OPTIONS);
  const files = given.positional.map((name) => {
    const content = readInput(name, "a configuration");
    const taken = takePlanSection(shownFile(name), content);
    return { name: shownFile(name), written: content, ...taken };
  });
  const request: PlanRequest = Object.assign(
    {},
    ...files.map((file) => file.request),
    requestOf(given),
  );
  const { slo, over } = request;
  if (slo === undefined) {
    throw new UsageError("Cannot plan without limits: add --slo ttft_p99<2s,tpot_p99<50ms");
  }
  if (over === undefined && request.maxRate !== true) {
    throw new UsageError(
      "Cannot plan without factors: add --over cluster.gpu_type=[H100,A100];cluster.num_replicas=1..8",
    );
  }
  const trace = given.value("trace");
  const set = [
    ...given.values("set"),
    ...(trace === undefined
      ? []
      : ["workload.type=trace", `workload.trace.path=${JSON.stringify(trace)}`]),
  ];
  const texts = files.map(({ content }) => content);
  const fileNames = files.map(({ name }) => name);
  const out = given.value("out");
  if (out !== undefined) {
    const { checkResultDirectory } = await import("../../results/result_directory.ts");
    checkResultDirectory(out, ["plan.json", "plan.parquet"]);
  }
  const { readPlanFiles } = await import("./plan_files.ts");
  const { inputs, inputsOf } = await readPlanFiles({ texts, fileNames, set, over: over ?? {} });
  const progress = planProgress(given.flag("quiet"));
  const { planWith } = await import("../../planning/mod.ts");
  const planned = await planWith({
    config: texts,
    set,
    fileNames,
    slo,
    ...(over !== undefined && { over }),
    ...(request.maxRate !== undefined && { maxRate: request.maxRate }),
    ...(request.frontier !== undefined && { frontier: request.frontier }),
    ...(request.rate !== undefined && { ratePerSecond: request.rate }),
    ...(request.budget !== undefined && { budgetUsdPerHour: request.budget }),
    ...(request.objective !== undefined && { objective: request.objective }),
    ...(request.seeds !== undefined && { replications: request.seeds }),
    ...(given.flag("quick") && { quick: true }),
    store: given.value("store") ?? "results/sweeps",
    workers: workersOf(given.value("workers")),
    onProgress: progress.update,
  }, inputsOf).finally(progress.stop);
  if (given.flag("json")) print(JSON.stringify(planned, null, 2));
  else for (const line of showPlan(planned)) print(line);
  if (out !== undefined) {
    const { savePlan } = await import("./save_plan.ts");
    const read = files.map(({ name, written }) => ({ name, content: written }));
    const figureError = await savePlan(out, planned, [...read, ...inputs]);
    if (figureError !== undefined) {
      console.error(figureError);
      return 1;
    }
    if (!given.flag("json")) print(`The plan is in ${out}`);
  }
  return planned.winner === null ? 1 : 0;
}

function workersOf(text: string | undefined): number {
  if (text === undefined) return navigator.hardwareConcurrency;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(
    `Cannot read --workers as a whole number from 1 to 9999: current value is "${text}"`,
  );
}
