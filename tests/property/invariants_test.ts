import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import type { ClusterParts, NoCapacityRule } from "../../lib/cluster/cluster_parts.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { runDigest } from "../../lib/metrics/digest.ts";
import { instancePhases } from "../../lib/metrics/instance_phases.ts";
import { OUTCOME_CODE } from "../../lib/metrics/recorder.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { OUTCOMES } from "../../lib/metrics/run_tables.ts";
import { summarize } from "../../lib/metrics/summary.ts";
import type { StartService } from "../../lib/serverless/cold_start/start_service.ts";
import type { BillingPlan } from "../../lib/serverless/cost/mod.ts";
import type { ScalingSignals } from "../../lib/serverless/scaling/policy.ts";
import { ScalingDecider } from "../../lib/serverless/scaling/scaling_decider.ts";
import { caseParts, type ClusterCase, clusterCases } from "../support/random_cluster.ts";

/** Slack for instants that are sums of seconds in another order. */
const SLACK = 1e-9;

/** A random cluster whose gateway may turn requests away, and which may be stopped in the middle. */
interface Case {
  readonly cluster: ClusterCase;
  readonly noCapacity: NoCapacityRule;
  readonly stopAtSeconds: number;
  readonly billing: BillingPlan;
}

const cases: fc.Arbitrary<Case> = fc.record({
  cluster: clusterCases,
  noCapacity: fc.record({
    action: fc.constantFrom<NoCapacityRule["action"]>("queue", "queue", "reject"),
    limit: fc.constantFrom(Infinity, 3, 0),
    timeoutSeconds: fc.constantFrom(Infinity, 0.5, 0.1),
  }),
  stopAtSeconds: fc.constantFrom(Infinity, Infinity, 1.5, 6),
  billing: fc.record({
    usdPerGpuSecond: fc.constantFrom(0, 0.001, 3),
    startShare: fc.constantFrom(0, 0.5, 1),
    busyShare: fc.constantFrom(0.25, 1),
    idleShare: fc.constantFrom(0, 1),
    drainingShare: fc.constantFrom(0, 1),
    granularitySeconds: fc.constantFrom(0, 1, 60),
    minimumSeconds: fc.constantFrom(0, 5),
  }),
});

/** Parts of a case; `sees` gets every instant that a policy or a service is told. */
function partsOf(test: Case, sees: (atSeconds: number, signals?: ScalingSignals) => void) {
  const parts = caseParts(test.cluster, "leap");
  const [fn] = parts.functions;
  const { starts } = parts;
  const watched: StartService = {
    get nextEventSeconds() {
      return starts.nextEventSeconds;
    },
    get spans() {
      return starts.spans;
    },
    begin(instanceId, functionId, nowSeconds) {
      sees(nowSeconds);
      starts.begin(instanceId, functionId, nowSeconds);
    },
    cancel(instanceId, nowSeconds) {
      sees(nowSeconds);
      starts.cancel(instanceId, nowSeconds);
    },
    advance(nowSeconds, onReady) {
      sees(nowSeconds);
      starts.advance(nowSeconds, onReady);
    },
  };
  const { decider } = fn.scaling;
  const watchedDecider = decider && new ScalingDecider({
    periodSeconds: decider.periodSeconds,
    desired(signals) {
      sees(signals.nowSeconds, signals);
      return decider.decide(signals);
    },
  }, { maxInstances: fn.scaling.maxInstances });
  const watchedParts: ClusterParts = {
    ...parts,
    functions: [{
      ...fn,
      scaling: { ...fn.scaling, ...(watchedDecider && { decider: watchedDecider }) },
      noCapacity: test.noCapacity,
    }],
    starts: watched,
    stopAtSeconds: test.stopAtSeconds,
  };
  return watchedParts;
}

interface Observed {
  readonly parts: ClusterParts;
  readonly run: RunRecord;
  readonly instants: readonly number[];
  readonly signals: readonly ScalingSignals[];
}

function observe(test: Case): Observed {
  const instants: number[] = [];
  const signals: ScalingSignals[] = [];
  const parts = partsOf(test, (at, seen) => {
    instants.push(at);
    if (seen) signals.push({ ...seen });
  });
  return { parts, run: simulateCluster(parts), instants, signals };
}

/** Asserts `law` on random clusters, a few hundred of them. */
function holds(name: string, law: (observed: Observed, test: Case) => void): void {
  Deno.test(name, () => {
    fc.assert(fc.property(cases, (test) => law(observe(test), test)), {
      numRuns: 300,
      seed: 20261001,
    });
  });
}

holds("arrived = completed + rejected + timed out + unfinished", ({ run, parts }, test) => {
  const { columns, arrived, endAtSeconds } = run;
  const ended = columns.outcome.reduce((n, code) => n + Number(code !== 0), 0);
  ok(ended <= arrived && arrived <= columns.count);
  if (test.cluster.closedLoop === 0) {
    equal(arrived, columns.arrivalAtSeconds.filter((at) => at <= endAtSeconds).length);
  }
  if (test.stopAtSeconds === Infinity) equal(ended, columns.count, "everything ends");
  const { requests } = summarize(run, summaryOptions(parts, test));
  const inFlight = arrived - ended;
  equal(requests.unfinished, inFlight);
  equal(requests.arrived, requests.completed + requests.rejected + requests.timed_out + inFlight);
  equal(
    requests.rejected + requests.timed_out,
    Object.values(requests.reasons).reduce((sum, count) => sum + count, 0),
    "every request that was turned away has a reason",
  );
});

holds(
  "requests that wait for nobody are turned away as the gateway's rule says",
  ({ run }, test) => {
    const { columns } = run;
    const { action, limit, timeoutSeconds } = test.noCapacity;
    for (let i = 0; i < columns.count; i++) {
      const outcome = OUTCOMES[columns.outcome[i]];
      if (outcome === "rejected_no_instance") equal(action, "reject");
      if (outcome === "rejected_queue_full") ok(limit < Infinity);
      if (outcome === "timed_out") ok(timeoutSeconds < Infinity);
      if (outcome !== "completed" && outcome !== "unfinished") {
        ok(Number.isNaN(columns.scheduledAtSeconds[i]), "no step worked on it");
        equal(columns.instanceId[i], -1);
      }
    }
  },
);

holds("the clock never runs backwards", ({ run, instants }) => {
  for (let i = 1; i < instants.length; i++) ok(instants[i] >= instants[i - 1]);
  const { timeSeconds, count } = run.timeSeries;
  for (let i = 1; i < count; i++) {
    ok(timeSeconds[i] > timeSeconds[i - 1], "an interval has a length");
  }
  // A run that is over at once has no interval.
  equal(count > 0 ? timeSeconds[count - 1] : 0, run.endAtSeconds);
});

holds("arrival <= scheduled <= first token <= last token, gaps within", ({ run }) => {
  const { columns } = run;
  for (let i = 0; i < columns.count; i++) {
    const scheduled = columns.scheduledAtSeconds[i];
    if (Number.isNaN(scheduled)) continue;
    const first = columns.firstTokenAtSeconds[i];
    const last = columns.completedAtSeconds[i];
    ok(columns.arrivalAtSeconds[i] <= scheduled);
    if (Number.isNaN(first)) continue;
    ok(scheduled < first, "a token takes time");
    if (columns.outcome[i] !== OUTCOME_CODE.completed) continue;
    ok(first <= last);
    const gap = columns.maxTbtSeconds[i];
    if (!Number.isNaN(gap)) ok(gap >= 0 && gap <= last - first + SLACK, `gap ${gap}`);
  }
});

holds("no work before an instance is ready or after it has stopped", ({ run }) => {
  const { columns, lives } = run;
  const totals = run.totals.list();
  for (const life of lives) {
    const { createdAtSeconds: created, stoppedAtSeconds: stopped } = life;
    ok(created <= stopped);
    if (Number.isNaN(life.readyAtSeconds)) {
      deepEqual(Object.values(totals[life.instanceId]).filter((value) => value !== 0), []);
      continue;
    }
    ok(created <= life.readyAtSeconds && life.readyAtSeconds <= stopped);
    if (!Number.isNaN(life.drainingAtSeconds)) {
      ok(life.readyAtSeconds <= life.drainingAtSeconds && life.drainingAtSeconds <= stopped);
    }
    const { busySeconds } = totals[life.instanceId];
    ok(busySeconds <= stopped - life.readyAtSeconds + SLACK, "busy only while up");
  }
  for (let i = 0; i < columns.count; i++) {
    const scheduled = columns.scheduledAtSeconds[i];
    if (Number.isNaN(scheduled)) continue;
    const life = lives[columns.instanceId[i]];
    ok(scheduled >= life.readyAtSeconds);
    const last = columns.completedAtSeconds[i];
    if (!Number.isNaN(last)) ok(last <= life.stoppedAtSeconds);
  }
});

holds("KV blocks: never above what there is", ({ run, parts }) => {
  const { kvBlocks } = parts.functions[0].engine;
  ok(run.peakBlocks <= kvBlocks);
  const { kvUtilization, count } = run.timeSeries;
  for (let i = 0; i < count; i++) ok(kvUtilization[i] >= 0 && kvUtilization[i] <= 1);
  for (const life of run.lives) {
    const up = Number.isNaN(life.readyAtSeconds) ? 0 : life.stoppedAtSeconds - life.readyAtSeconds;
    ok(run.totals.at(life.instanceId).blockSeconds <= kvBlocks * up + SLACK);
  }
});

holds(
  "tokens: every output token is produced once, every prompt token at least once",
  ({ run, parts }, test) => {
    if (test.stopAtSeconds < Infinity || test.cluster.strategy === "fastertransformer") return;
    const { columns } = run;
    const totals = run.totals.list();
    const { maxModelTokens } = parts.functions[0].engine;
    let outputs = 0, prompts = 0, preemptions = 0;
    for (let i = 0; i < columns.count; i++) {
      if (columns.outcome[i] !== OUTCOME_CODE.completed) continue;
      const prompt = columns.promptTokens[i];
      outputs += Math.max(1, Math.min(columns.outputTokens[i], maxModelTokens - prompt));
      prompts += prompt - columns.cachedTokens[i];
      preemptions += columns.preemptions[i];
    }
    const sum = (key: "promptTokens" | "outputTokens") =>
      totals.reduce((all, one) => all + one[key], 0);
    equal(sum("outputTokens"), outputs);
    if (preemptions === 0) equal(sum("promptTokens"), prompts);
    // A preempted request computes its prompt again, except for what the prefix cache kept.
    else ok(test.cluster.prefix || sum("promptTokens") >= prompts);
  },
);

holds("gaps: one for every output token but each request's first", ({ run, parts }, test) => {
  if (test.stopAtSeconds < Infinity) return;
  const { columns, gaps } = run;
  const { maxModelTokens } = parts.functions[0].engine;
  let expected = 0;
  for (let i = 0; i < columns.count; i++) {
    if (columns.outcome[i] !== OUTCOME_CODE.completed) continue;
    expected += Math.max(
      1,
      Math.min(columns.outputTokens[i], maxModelTokens - columns.promptTokens[i]),
    ) - 1;
  }
  equal(gaps.count, expected);
});

holds("no instance has room while a request waits at the gateway", ({ signals, parts }) => {
  const { concurrencyPerInstance } = parts.functions[0];
  for (const { queued, ready, inFlight } of signals) {
    if (queued === 0 || ready === 0) continue;
    ok(inFlight >= ready * concurrencyPerInstance, `${queued} wait, ${inFlight} in ${ready}`);
  }
});

holds("instance-seconds = sum over the phases of all instances", ({ run, parts }, test) => {
  const phases = instancePhases(run);
  const whole = ["starting", "ready", "draining"].map((name) => phases.phaseNames.indexOf(name));
  let seconds = 0;
  for (let row = 0; row < phases.count; row++) {
    if (!whole.includes(phases.phase[row])) continue;
    seconds += phases.endAtSeconds[row] - phases.startAtSeconds[row];
  }
  const summary = summarize(run, summaryOptions(parts, test));
  ok(Math.abs(seconds - summary.instance_seconds) <= SLACK * (1 + seconds));
  equal(summary.gpu_hours, summary.instance_seconds / 3600 * 1);
  ok(summary.busy_fraction >= 0 && summary.busy_fraction <= 1 + SLACK);
});

holds(
  "cost: the parts add up to the total, and the total to the billed time",
  ({ run, parts }, test) => {
    const { billing } = test;
    const { cost, instance_seconds } = summarize(run, summaryOptions(parts, test));
    const sum = cost.busy_usd! + cost.idle_usd! + cost.cold_start_usd! + cost.rounding_usd!;
    ok(
      Math.abs(sum - cost.total_usd!) <= 1e-9 * (1 + cost.total_usd!),
      `${sum}, ${cost.total_usd}`,
    );
    for (const [name, usd] of Object.entries(cost)) ok(usd === null || usd >= -1e-12, name);
    const price = billing.usdPerGpuSecond;
    const isExact = billing.granularitySeconds === 0 && billing.minimumSeconds === 0;
    if (isExact) equal(Math.abs(cost.rounding_usd!) < 1e-9, true);
    if (isExact && billing.startShare === 1 && billing.busyShare === 1 && billing.idleShare === 1) {
      ok(Math.abs(cost.total_usd! - price * instance_seconds) <= 1e-9 * (1 + cost.total_usd!));
    }
  },
);

Deno.test("the same parts give the same digest and the same series", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (test) => {
      const { run } = observe(test);
      const { run: again } = observe(test);
      equal(await runDigest(run.columns), await runDigest(again.columns));
      deepEqual(run.timeSeries, again.timeSeries);
      deepEqual(instancePhases(run), instancePhases(again));
      deepEqual(run.gaps.cdf(), again.gaps.cdf());
    }),
    { numRuns: 100, seed: 20261001 },
  );
});

function summaryOptions(parts: ClusterParts, { billing }: Case): Parameters<typeof summarize>[1] {
  return {
    functions: parts.functions.map(({ engine }) => ({
      gpus: engine.gpus,
      peakFlops: engine.peakFlops,
      peakBytesPerSecond: engine.peakBytesPerSecond,
      kvBlocks: engine.kvBlocks,
      fixedMemoryShare: 0.3,
      kvMemoryShare: 0.6,
      billing,
    })),
    percentiles: [50, 99],
    warmupSeconds: 0,
  };
}
