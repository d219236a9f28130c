import type { FunctionFacts } from "../../lib/metrics/function_facts.ts";
import { instancePhases } from "../../lib/metrics/instance_phases.ts";
import { OUTCOMES, type RequestColumns } from "../../lib/metrics/run_tables.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import type { SloLimits } from "../../lib/metrics/slo.ts";

/** What a summary is worked out for. */
export interface NaiveOptions {
  readonly functions: readonly FunctionFacts[];
  readonly names: readonly string[];
  readonly percentiles: readonly number[];
  readonly warmupSeconds: number;
  /** Limits by class. */
  readonly classes: readonly SloLimits[];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const shareOf = (part: number, whole: number) => whole > 0 ? part / whole : null;

/** Mean, greatest value and percentiles between neighbours; null of nothing. */
function latency(values: readonly number[], percentiles: readonly number[]) {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const { length } = sorted;
  const at = (percentile: number) => {
    const place = percentile / 100 * (length - 1);
    const below = sorted[Math.floor(place)], above = sorted[Math.ceil(place)];
    return below + (place - Math.floor(place)) * (above - below);
  };
  return {
    mean: length === 0 ? null : sum(sorted) / length,
    ...Object.fromEntries(percentiles.map((p) => [`p${p}`, length === 0 ? null : at(p)])),
    max: length === 0 ? null : sorted[length - 1],
  };
}

/** One request in plain numbers. */
interface Row {
  readonly fn: number;
  readonly classId: number;
  readonly arrival: number;
  readonly outcome: string;
  readonly completed: number;
  readonly prompt: number;
  readonly output: number;
  readonly ttft: number;
  readonly tpot: number;
  readonly e2e: number;
  readonly schedulingDelay: number;
  readonly coldStartWait: number;
}

function rowsOf(columns: RequestColumns): Row[] {
  return Array.from({ length: columns.count }, (_, i): Row => {
    const arrival = columns.arrivalAtSeconds[i];
    const first = columns.firstTokenAtSeconds[i];
    const completed = columns.completedAtSeconds[i];
    const output = columns.outputTokens[i];
    return {
      fn: columns.functionId[i],
      classId: columns.classId[i],
      arrival,
      outcome: OUTCOMES[columns.outcome[i]],
      completed,
      prompt: columns.promptTokens[i],
      output,
      ttft: first - arrival,
      tpot: output > 1 ? (completed - first) / (output - 1) : NaN,
      e2e: completed - arrival,
      schedulingDelay: columns.scheduledAtSeconds[i] - arrival,
      coldStartWait: columns.coldStartWaitSeconds[i],
    };
  });
}

/** What a summary ought to say, figure by figure, from the tables of a run and docs/metrics.md. */
export function naiveSummary(run: RunRecord, options: NaiveOptions) {
  const { functions, names, percentiles, warmupSeconds, classes } = options;
  const rows = rowsOf(run.columns);
  const done = rows.filter(({ outcome }) => outcome === "completed");
  const measured = done.filter(({ arrival }) => arrival >= warmupSeconds);
  const rated = done.filter(({ completed }) => completed >= warmupSeconds);
  const measuredTime = Math.max(0, run.endAtSeconds - warmupSeconds);
  const rate = (count: number) => measuredTime > 0 ? count / measuredTime : 0;
  const meets = (row: Row) => {
    const limits = classes[row.classId];
    return row.outcome === "completed" && row.ttft <= limits.ttftSeconds &&
      row.e2e <= limits.e2eSeconds && !(row.tpot > limits.tpotSeconds);
  };
  const latencies = (own: readonly Row[]) => ({
    ttft_s: latency(own.map(({ ttft }) => ttft), percentiles),
    // Where every output came whole, nothing lies between tokens.
    tpot_s: latency(
      own.some(({ tpot }) => tpot > 0) ? own.map(({ tpot }) => tpot) : [],
      percentiles,
    ),
    e2e_s: latency(own.map(({ e2e }) => e2e), percentiles),
  });
  const isLimited = (limits: SloLimits) => Object.values(limits).some((limit) => limit < Infinity);
  const attainmentOf = (own: readonly Row[]) => ({
    arrived: own.length,
    attained: own.filter(meets).length,
  });
  const late = rows.filter(({ arrival }) => arrival >= warmupSeconds);
  const anyLimit = classes.some(isLimited);
  const counted = Object.entries(Object.groupBy(rows, ({ outcome }) => outcome))
    .map(([name, own]) => [name, own!.length] as const);
  const count = (matches: (name: string) => boolean) =>
    sum(counted.filter(([name]) => matches(name)).map(([, n]) => n));
  return {
    requests: {
      arrived: rows.length,
      completed: done.length,
      rejected: count((name) => name.startsWith("rejected")),
      timed_out: count((name) => name === "timed_out"),
      failed: count((name) => name === "failed"),
      execution_limit: count((name) => name === "execution_limit"),
      drain_limit: count((name) => name === "drain_limit"),
      client_deadline: count((name) => name === "client_deadline"),
      unfinished: count((name) => name === "unfinished"),
      reasons: Object.fromEntries(
        counted.filter(([name]) => name !== "completed" && name !== "unfinished"),
      ),
    },
    ...latencies(measured),
    normalized_latency_s: latency(measured.map(({ e2e, output }) => e2e / output), percentiles),
    scheduling_delay_s: latency(
      measured.map(({ schedulingDelay }) => schedulingDelay),
      percentiles,
    ),
    throughput_rps: rate(rated.length),
    output_tokens_per_s: rate(sum(rated.map(({ output }) => output))),
    total_tokens_per_s: rate(sum(rated.map(({ output, prompt }) => output + prompt))),
    slo_attainment: anyLimit ? shareOf(late.filter(meets).length, late.length) : null,
    goodput_rps: anyLimit ? rate(rated.filter(meets).length) : null,
    classes: classes.map((limits, id) => {
      const { arrived, attained } = attainmentOf(late.filter(({ classId }) => classId === id));
      return {
        name: `c${id}`,
        arrived,
        attained,
        slo_attainment: isLimited(limits) ? shareOf(attained, arrived) : null,
        ...latencies(measured.filter(({ classId }) => classId === id)),
      };
    }),
    functions: names.length < 2 ? [] : names.map((name, fn) => {
      const own = late.filter((row) => row.fn === fn);
      const limited = own.some(({ classId }) => isLimited(classes[classId]));
      return {
        name,
        arrived: own.length,
        completed: own.filter(({ outcome }) => outcome === "completed").length,
        slo_attainment: limited ? shareOf(own.filter(meets).length, own.length) : null,
        cold_starts: coldStarts(run, fn),
        cold_start_rate: shareOf(own.filter((row) => row.coldStartWait > 0).length, own.length) ??
          0,
        ttft_s: latency(
          measured.filter((row) => row.fn === fn).map(({ ttft }) => ttft),
          percentiles,
        ),
        instance_seconds: sum(phases(run, fn).map(({ seconds }) => seconds)),
      };
    }),
    cold_starts: sum(names.map((_, fn) => coldStarts(run, fn))),
    cold_start_rate: shareOf(rows.filter((row) => row.coldStartWait > 0).length, rows.length) ?? 0,
    cold_start_stages_total: (() => {
      const waits = rows.map(({ coldStartWait }) => coldStartWait).filter((wait) => wait > 0);
      return waits.length === 0 ? 0 : sum(waits) / waits.length;
    })(),
    preemptions: sum([...run.columns.preemptions]),
    phase_seconds: Object.fromEntries(
      ["warming", "pooled", "starting", "waking", "ready", "draining", "asleep"].map((phase) => [
        phase,
        sum(phases(run).filter((one) => one.phase === phase).map(({ seconds }) => seconds)),
      ]),
    ),
    gpu_hours: sum(
      phases(run).map(({ phase, seconds, fn }) => {
        const isPooled = phase === "warming" || phase === "pooled";
        const holds = phase !== "asleep" && (!isPooled || (run.pools ?? [])[0]?.holdsGpus === true);
        return holds ? seconds * functions[fn].gpus / 3600 : 0;
      }),
    ),
    always_on: alwaysOn(run, functions),
  };
}

/** The phases of lives, as the table of instances has them. */
function phases(run: RunRecord, onlyFn = -1) {
  const table = instancePhases(run);
  return Array.from({ length: table.count }, (_, i) => ({
    fn: table.functionId[i],
    instance: table.instanceId[i],
    phase: table.phaseNames[table.phase[i]],
    start: table.startAtSeconds[i],
    seconds: table.endAtSeconds[i] - table.startAtSeconds[i],
  })).filter(({ phase, fn }) => !phase.startsWith("start:") && (onlyFn < 0 || fn === onlyFn));
}

/** Starts that were begun in the run: each has some time, unless it was given up as it began. */
function coldStarts(run: RunRecord, fn: number): number {
  return run.lives.filter((life) =>
    life.functionId === fn && life.madeOf !== "sleeper" &&
    !(life.createdAtSeconds <= 0 && life.readyAtSeconds <= 0)
  ).length;
}

/**
 * Dollars for renting as many GPUs as each function had at once, all the time, and the share of time up to
 * which paying for these by use is cheaper.
 */
function alwaysOn(run: RunRecord, functions: readonly FunctionFacts[]) {
  if (run.lives.length === 0) return { always_on_usd: null, break_even_utilization: null };
  const peaks = functions.map((facts, fn) => {
    const serving = run.lives.filter((life) => life.functionId === fn).map((life) => ({
      from: life.createdAtSeconds,
      to: life.asleepAtSeconds ?? life.stoppedAtSeconds,
    }));
    // The most at once are there when one of them comes.
    const most = Math.max(
      0,
      ...serving.map(({ from }) =>
        serving.filter((one) => one.from <= from && one.to > from).length
      ),
    );
    return most * facts.gpus;
  });
  const perSecond = (price: (facts: FunctionFacts) => number) =>
    sum(functions.map((facts, fn) => peaks[fn] * price(facts)));
  const rented = perSecond((facts) => facts.alwaysOnUsdPerGpuSecond!);
  const byUse = perSecond((facts) => facts.billing.usdPerGpuSecond);
  return {
    always_on_usd: rented * run.endAtSeconds,
    break_even_utilization: byUse > 0 ? Math.min(1, rented / byUse) : null,
  };
}
