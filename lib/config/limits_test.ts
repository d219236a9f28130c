import { ok, rejects, throws } from "#assert";
import { requireInstanceRoom } from "../cluster/fleet/instance_room.ts";
import { FunctionState } from "../cluster/functions/function_state.ts";
import { OccupiedFunctions } from "../cluster/functions/occupied_functions.ts";
import { ProgressGuard } from "../cluster/progress_guard.ts";
import { Standstill } from "../cluster/standstill.ts";
import { Clock } from "../engine/clock.ts";
import { EventQueue } from "../sim/event_queue.ts";
import { type LimitName, LIMITS } from "../sim/limits.ts";
import { buildCluster } from "../run/cluster.ts";
import { simulate } from "../run/simulate.ts";
import { runSize, sizeNotices } from "./check/mod.ts";
import { ConfigError } from "./config_error.ts";
import { renderLimitsPage } from "./limits_page.ts";
import { loadConfig } from "./load.ts";
import { smallCluster } from "../../tests/support/small_cluster.ts";

const PAGE = new URL("../../docs/limits.md", import.meta.url);

Deno.test("renderLimitsPage() is docs/limits.md", async () => {
  const page = await Deno.readTextFile(PAGE);
  ok(page === renderLimitsPage(), "docs/limits.md is out of date: run `deno task reference`");
});

/** A configuration at a limit, and the same just beyond it. */
interface Pair {
  readonly at: string;
  readonly beyond: string;
  /** The setting that the refusal names. */
  readonly names: string;
}

/** The text with the value, and with one just beyond it, in place of `#`. */
function pair(names: string, text: string, at: number | string, beyond: number | string): Pair {
  return { names, at: text.replace("#", String(at)), beyond: text.replace("#", String(beyond)) };
}

const max = (limit: LimitName, names: string, text: string, step = 1): Pair =>
  pair(names, text, LIMITS[limit].value, LIMITS[limit].value + step);
const value = (name: LimitName) => LIMITS[name].value;

const FUNCTIONS = "{ count: 65000 }, { count: 535 }";

/** A function "f" for which a request waits that nothing ends, and who looks after it. */
function guarded(limit: LimitName) {
  const clock = new Clock();
  const occupied = new OccupiedFunctions(1);
  const { functions: [parts] } = smallCluster([[0, 1, 1]], {
    scaling: { drain: { limitSeconds: 3, inFlight: "restart" } },
  });
  const fn = new FunctionState(0, parts, Int32Array.of(1), clock, occupied);
  fn.waiting.push(0, 0);
  return {
    fn,
    guard: new ProgressGuard([fn], occupied, clock, Infinity),
    most: LIMITS[limit].value,
  };
}

/** How each limit is enforced before a run, or by a test of its own below. */
const PROOFS: Readonly<Record<LimitName, readonly Pair[] | (() => void | Promise<void>)>> = {
  longestSeconds: [
    max("longestSeconds", "scaling.keep_alive.seconds", "scaling: { keep_alive: { seconds: # } }"),
    max(
      "longestSeconds",
      "cold_start.parameters.container_s",
      "cold_start: { parameters: { container_s: # } }\nmetrics: { collect_interval: 1000 }",
    ),
  ],
  shortestPeriodSeconds: [
    pair(
      "metrics.collect_interval",
      "simulation: { duration: 1 }\nmetrics: { collect_interval: # }",
      1e-6,
      0.99e-6,
    ),
    pair(
      "faults.failures.mtbf",
      "simulation: { duration: 1 }\ncluster: { nodes: [{ count: 1 }] }\n" +
        "faults: { failures: { mtbf: # } }",
      1e-6,
      0.99e-6,
    ),
  ],
  slowestBytesPerSecond: [
    pair("cold_start.load_bandwidth", "cold_start: { load_bandwidth: # }", 1e5, 99_999),
    pair(
      "cold_start.parameters.load_bytes_per_s",
      "cold_start: { parameters: { load_bytes_per_s: # } }",
      1e5,
      12,
    ),
  ],
  fastestBytesPerSecond: [
    pair("cold_start.load_bandwidth", "cold_start: { load_bandwidth: # }", "1e15", "1.01e15"),
  ],
  fewestBytes: [
    pair("cluster.weight_cache.dram", "cluster: { weight_cache: { dram: # } }", 1e6, 512),
    pair("cluster.weight_cache.ssd", "cluster: { weight_cache: { ssd: # } }", 0, 1),
  ],
  mostBytes: [
    pair("memory.host_memory", "memory: { host_memory: # }", "1e18", "1.01e18"),
    pair("memory.swap_space_gb", "memory: { swap_space_gb: # }", "1e9", "1.01e9"),
  ],
  count: [max("count", "gateway.limit", "gateway: { on_no_capacity: buffer, limit: # }")],
  tokens: [max("tokens", "model.max_model_len", "model: { max_model_len: # }")],
  coefficient: [
    max("coefficient", "profiling.mlp_time_per_token", "profiling: { mlp_time_per_token: # }"),
  ],
  requestsPerSecond: [
    max(
      "requestsPerSecond",
      "gateway.rate_limit.requests_per_second",
      "gateway: { rate_limit: { requests_per_second: # } }",
    ),
  ],
  factor: [max("factor", "workload.tenants.zipf", "workload: { tenants: { zipf: # } }")],
  requests: [
    pair(
      "workload.arrival_rate",
      "simulation: { duration: 1000 }\nworkload: { type: poisson, arrival_rate: # }",
      1e5,
      100_001,
    ),
    max("requests", "workload.num_requests", "workload: { num_requests: # }"),
  ],
  meanTurns: [
    max(
      "meanTurns",
      "workload.sessions.mean_turns",
      "workload: { type: poisson, arrival_rate: 0.001, sessions: { max_tokens: 512, mean_turns: # } }",
    ),
  ],
  prefixBlocks: [
    pair(
      "workload.prefix_groups.tokens",
      "workload: { type: poisson, num_requests: 1000, prefix_groups: { groups: 2, tokens: # } }",
      3_999_000,
      4_000_001,
    ),
  ],
  simulatedSeconds: [
    max(
      "simulatedSeconds",
      "simulation.duration",
      "workload: { type: poisson, arrival_rate: 0.001 }\nsimulation: { duration: # }\n" +
        "scaling: { policy: none }",
    ),
  ],
  samples: [
    max(
      "samples",
      "metrics.collect_interval",
      "workload: { type: poisson, arrival_rate: 1 }\nmetrics: { collect_interval: 1 }\n" +
        "simulation: { duration: # }",
    ),
  ],
  periodicEvents: [
    pair(
      "scaling.period",
      "workload: { type: poisson }\nsimulation: { duration: 4e6 }\nscaling: { period: # }",
      0.004,
      0.0039,
    ),
    pair(
      "faults.failures.mtbf",
      "workload: { type: poisson }\ncluster: { nodes: [{ count: 1000 }] }\n" +
        "faults: { failures: { mtbf: # } }",
      0.0036,
      0.0035,
    ),
  ],
  replications: [max("replications", "simulation.replications", "simulation: { replications: # }")],
  machines: [
    max("machines", "cluster.nodes[0].count", "cluster: { nodes: [{ count: # }] }"),
    pair("cluster.nodes", "cluster: { nodes: [{ count: 60000 }, { count: # }] }", 40_000, 40_001),
  ],
  gpusPerMachine: [
    max("gpusPerMachine", "cluster.nodes[0].gpus", "cluster: { nodes: [{ gpus: # }] }"),
    max(
      "gpusPerMachine",
      "parallelization.tensor_parallel_size",
      "parallelization: { tensor_parallel_size: # }",
    ),
  ],
  functions: [
    pair("functions", "functions: [#]", FUNCTIONS, `${FUNCTIONS}, { count: 1 }`),
  ],
  initialInstances: [
    max("initialInstances", "cluster.num_replicas", "cluster: { num_replicas: # }"),
    pair(
      "cluster.num_replicas",
      "workload: { functions: { count: 2 } }\nscaling: { enabled: false }\n" +
        "cluster: { num_replicas: # }",
      10_000,
      10_001,
    ),
  ],
  instancesAtOnce: () => {
    const most = value("instancesAtOnce");
    requireInstanceRoom("f", most - 1, most - 1, 0);
    throws(() => requireInstanceRoom("f", most, most, 7), /^RangeError: Cannot make .*50,000/);
  },
  instancesMade: () => {
    const most = value("instancesMade");
    requireInstanceRoom("f", most - 1, 3, 0);
    throws(() => requireInstanceRoom("f", most, 3, 7), /^RangeError: Cannot make .*2,000,000/);
  },
  sequences: [
    max(
      "sequences",
      "scheduler.max_num_seqs",
      "scheduler: { max_num_batched_tokens: 100000, max_num_seqs: # }",
    ),
  ],
  sequenceSlots: [
    pair(
      "scheduler.max_num_seqs",
      "scaling: { enabled: false }\ncluster: { num_replicas: 500 }\n" +
        "scheduler: { max_num_batched_tokens: 100000, max_num_seqs: # }",
      50_000,
      50_001,
    ),
  ],
  stepTokens: [
    max(
      "stepTokens",
      "scheduler.max_num_batched_tokens",
      "scheduler: { max_num_batched_tokens: # }",
    ),
    max("stepTokens", "memory.block_size", "memory: { block_size: # }"),
  ],
  draftTokens: [
    max(
      "draftTokens",
      "speculative.num_speculative_tokens",
      "speculative: { method: ngram, num_speculative_tokens: #, acceptance: [0.5] }",
    ),
  ],
  pendingEvents: () => {
    const queue = new EventQueue(2, 4);
    for (let i = 0; i < 4; i++) queue.push(i, 0, 0);
    throws(() => queue.push(4, 0, 0), /^RangeError: Cannot add an event to a queue of at most 4/);
  },
  startsInVain: () => {
    const { guard, fn, most } = guarded("startsInVain");
    guard.startIsInVain(fn, most - 1);
    throws(
      () => guard.startIsInVain(fn, most),
      /^RangeError: Cannot make progress .*"f", whose last 1000 starts have all failed/,
    );
  },
  requeuesInVain: () => {
    const { guard, fn, most } = guarded("requeuesInVain");
    for (let i = 1; i < most; i++) guard.requeued(fn);
    guard.progresses();
    for (let i = 1; i < most; i++) guard.requeued(fn);
    throws(
      () => guard.requeued(fn),
      /^RangeError: Cannot make progress .*"f" have begun anew 10000 times .*drain_limit is 3 s/,
    );
  },
  replacedAtOnce: () => {
    const { guard, fn, most } = guarded("replacedAtOnce");
    for (let i = 0; i < most; i++) guard.replaces(fn);
    throws(() => guard.replaces(fn), /^RangeError: Cannot make progress at 0 s: 10000 instances/);
  },
  idleEvaluations: () => {
    const { guard, fn, most } = guarded("idleEvaluations");
    for (let i = 1; i < most; i++) guard.evaluated(fn);
    guard.progresses();
    for (let i = 1; i < most; i++) guard.evaluated(fn);
    throws(
      () => guard.evaluated(fn),
      /^RangeError: Cannot make progress .*"f", which its scaling policy keeps at 0 instances/,
    );
    // When the next entry of a timetable begins is known, however many looks come before.
    const closed = guarded("idleEvaluations");
    Object.defineProperty(closed.fn, "closedUntilSeconds", { value: 1 });
    for (let i = 0; i < 2 * most; i++) closed.guard.evaluated(closed.fn);
  },
  evaluationsWithoutGpus: () => {
    const { guard, fn, most } = guarded("evaluationsWithoutGpus");
    const lacking = Object.defineProperty(fn, "waitingForGpus", { value: 1 });
    for (let i = 1; i < most; i++) guard.evaluated(lacking);
    throws(
      () => guard.evaluated(lacking),
      /^RangeError: Cannot make progress .*"f", which finds no free GPUs/,
    );
  },
  eventsWithoutProgress: () => {
    const stuck = new Standstill(10);
    for (let i = 0; i < 21; i++) stuck.count({ arrived: 2, ended: 1 }, i);
    throws(() => {
      stuck.count({ arrived: 2, ended: 1 }, 21);
    }, /^RangeError: Cannot make progress at 21 s: .* 1 requests inside/);
    const moving = new Standstill(10);
    for (let i = 0; i < 100; i++) moving.count({ arrived: i + 1, ended: i }, 0);
    const empty = new Standstill(10);
    for (let i = 0; i < 100; i++) empty.count({ arrived: 1, ended: 1 }, 0);
  },
  listItems: [
    pair(
      "metrics.percentiles",
      "metrics: { percentiles: [#] }",
      new Array(1000).fill(50).join(),
      new Array(1001).fill(50).join(),
    ),
  ],
  leastVariation: [
    pair("workload.cv", "workload: { type: gamma, cv: # }", 1e-3, 0.9e-3),
  ],
  mostVariation: [max("mostVariation", "workload.cv", "workload: { type: gamma, cv: # }")],
  bins: [
    pair(
      "scaling.keep_alive.hybrid_histogram.range",
      "scaling: { keep_alive: { policy: hybrid-histogram, " +
        "hybrid_histogram: { bin: 1, range: # } } }",
      100_000,
      100_001,
    ),
    pair(
      "scaling.predictive.season",
      "scaling: { policy: predictive, period: 10, predictive: { season: # } }",
      1_000_000,
      1_000_010,
    ),
  ],
  traceBeginSeconds: async () => {
    const config = loadConfig("workload: { type: trace, trace: { path: mine.csv } }");
    const text = (first: number) =>
      `arrival_s,prompt_tokens,output_tokens\n${first},9,9\n${first + 1},9,9\n`;
    await buildCluster(config, { traceText: text(value("traceBeginSeconds")) });
    await rejects(
      () => buildCluster(config, { traceText: text(value("traceBeginSeconds") + 1) }),
      /Cannot replay "mine.csv" .* look like Unix time: subtract the first/,
    );
  },
  runsOnSeconds: async () => {
    const days = async (keepAlive: number) => {
      const { summary, timeSeries, engine } = await simulate(loadConfig(`
        workload: { type: poisson, arrival_rate: 1, num_requests: 1 }
        scaling: { policy: none, keep_alive: { seconds: ${keepAlive} } }
        metrics: { collect_interval: 3600 }`));
      const cut = engine.notices.some((notice) => notice.includes("had not scaled down 7 days"));
      const served = summary.requests.completed / summary.throughput_rps;
      return { seconds: timeSeries.timeSeconds.at(-1)! - served, cut };
    };
    const most = value("runsOnSeconds");
    const within = await days(most - 1);
    ok(Math.abs(within.seconds - (most - 1)) < 1e-6 && !within.cut);
    const beyond = await days(most + 1);
    ok(Math.abs(beyond.seconds - most) < 1e-6 && beyond.cut);
  },
  noticedBytes: () => {
    const size = { ...runSize(loadConfig()), computeSeconds: 0, bytes: value("noticedBytes") };
    ok(sizeNotices(size).length === 0);
    ok(/ 4.1 GB /.test(sizeNotices({ ...size, bytes: 4.1e9 })[0]));
  },
  noticedSeconds: () => {
    const size = { ...runSize(loadConfig()), computeSeconds: value("noticedSeconds"), bytes: 0 };
    ok(sizeNotices(size).length === 0);
    ok(/ 3 minutes /.test(sizeNotices({ ...size, computeSeconds: 150 })[0]));
  },
};

for (const [name, proof] of Object.entries(PROOFS)) {
  Deno.test(`the limit ${name} is enforced, and what lies within it is accepted`, async () => {
    if (typeof proof === "function") return await proof();
    for (const { at, beyond, names } of proof) {
      loadConfig(at);
      throws(
        () => loadConfig(beyond),
        (error: unknown) =>
          error instanceof ConfigError && error.message.startsWith(`Cannot read "${names}" as `) &&
          !error.message.includes("\n"),
        beyond.slice(0, 200),
      );
    }
  });
}
