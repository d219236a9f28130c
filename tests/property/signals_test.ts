import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import type { ScalingSignals } from "../../lib/serverless/scaling/policy.ts";
import { ScalingDecider } from "../../lib/serverless/scaling/scaling_decider.ts";
import { NaiveSignalOracle } from "../support/naive_signals.ts";
import { runSmall } from "../support/small_cluster.ts";
import { evaluations, runScaled, type ScaledCase, scaledCases } from "../support/scaled_fleet.ts";

function holds(name: string, law: (test: ScaledCase) => void): void {
  Deno.test(name, () => {
    fc.assert(fc.property(scaledCases, law), { numRuns: 400, seed: 20261101 });
  });
}

/** Signals that are numbers. */
type NumberSignal = Exclude<keyof ScalingSignals, "instances">;

const slack = (value: number) => 1e-9 * Math.max(1, Math.abs(value));

holds("every signal that a scaling policy sees is what counting anew gives", (test) => {
  const { run, parts, log } = runScaled(test);
  const oracle = new NaiveSignalOracle(run, parts, log);
  log.forEach((one, place) => {
    if (one.kind !== "evaluation") return;
    for (const [name, bounds] of Object.entries(oracle.at(place))) {
      const seen = one.signals[name as NumberSignal]!;
      const [least, most] = bounds;
      ok(
        seen >= least - slack(least) && seen <= most + slack(most),
        `${name} of function ${one.functionId} at ${one.signals.nowSeconds} s: ${seen}, not ${
          least === most ? least : `${least} to ${most}`
        }`,
      );
    }
  });
});

holds("keep-alive policies are told of each time without a request, and of no other", (test) => {
  const { run, parts, log } = runScaled(test);
  const oracle = new NaiveSignalOracle(run, parts, log);
  if (!oracle.knowsWhereabouts) return;
  parts.functions.forEach((_, id) => {
    const told = log.flatMap((one) =>
      one.kind === "idle" && one.functionId === id ? [one.seconds] : []
    );
    const naive = oracle.idleTimes(id);
    equal(told.length, naive.length, `${told}, not ${naive}`);
    told.forEach((seconds, i) => ok(Math.abs(seconds - naive[i]) <= slack(seconds)));
  });
});

holds(
  "routers choose from ready instances of the function, in the order of their numbers",
  (test) => {
    const { run, log } = runScaled(test);
    const over = new Set(
      run.lives.filter((life) => life.readyAtSeconds <= 0).map((l) => l.instanceId),
    );
    for (const one of log) {
      if (one.kind === "over") over.add(one.instanceId);
      if (one.kind !== "route") continue;
      ok(one.candidates.includes(one.instanceId));
      one.candidates.forEach((id, i) => {
        ok(i === 0 || id > one.candidates[i - 1], `${one.candidates}`);
        ok(over.has(id) && run.lives[id].readyAtSeconds >= 0, `${id} is not ready`);
        equal(run.lives[id].functionId, run.columns.functionId[one.request]);
      });
    }
  },
);

holds("starts, of pools' members too, are told of as many GPUs as an instance has", (test) => {
  const { parts, log } = runScaled(test);
  for (const one of log) {
    if (one.kind !== "begin") continue;
    const { placement } = parts;
    if (placement === undefined) equal(one.ranks, undefined);
    else {
      const gpus = new Set(one.ranks!.map(({ node, gpu }) => `${node} ${gpu}`));
      equal(gpus.size, placement.needs[one.functionId].gpus);
      for (const { node, gpu } of one.ranks!) ok(gpu >= 0 && gpu < placement.nodes[node].gpus);
    }
  }
});

holds("a pool's policy is told of each start that asks for a member, once", (test) => {
  const { run, parts, log } = runScaled(test);
  const asked = (parts.pools ?? []).map(() => 0);
  for (const one of log) {
    if (one.kind === "pool") {
      equal(one.demands, asked[one.pool]);
      asked[one.pool] = 0;
    }
    // Those that wake a sleeping instance ask for none.
    if (one.kind !== "begin" || run.lives[one.instanceId]?.madeOf === "sleeper") continue;
    parts.pools?.forEach(({ functions }, pool) => {
      if (one.instanceId >= 0 && functions.includes(one.functionId)) asked[pool]++;
    });
  }
});

holds("leap = step in what scaling policies see and decide", (test) => {
  const [leap, step] = (["leap", "step"] as const).map((stepping) =>
    evaluations(runScaled(test, stepping).log)
  );
  equal(leap.length, step.length);
  leap.forEach((one, i) => {
    equal(one.functionId, step[i].functionId);
    equal(one.desired, step[i].desired);
    for (const [name, value] of Object.entries(one.signals)) {
      const other = step[i].signals[name as NumberSignal]!;
      ok(Math.abs(value - other) <= slack(value), `${name}: ${value}, ${other}`);
    }
  });
});

holds("a function has between its fewest and its most instances after each evaluation", (test) => {
  for (const { signals, desired } of evaluations(runScaled(test).log)) {
    ok(desired >= test.fleet.minInstances && desired <= test.maxInstances);
    const now = signals.ready + signals.starting;
    ok(now >= test.fleet.minInstances, `${now} at ${signals.nowSeconds} s`);
  }
});

holds("every request ends under whatever decisions", (test) => {
  const { run } = runScaled(test);
  deepEqual([...run.columns.outcome].filter((code) => code === 0), []);
});

Deno.test("the p95 of TTFTs is the least one that 95 % of a period's first tokens do not exceed", () => {
  for (let count = 1; count <= 64; count++) {
    const seen: number[] = [];
    const decider = new ScalingDecider({
      periodSeconds: 500,
      desired: ({ ttftP95Seconds }) => seen.push(ttftP95Seconds) && 1,
    });
    // One request each second, which takes one to three; the last one keeps the run going.
    const rows = Array.from({ length: count }, (_, i) => [i, 5, 1 + i % 3] as const);
    const { columns } = runSmall([...rows, [1100, 5, 1]], {
      scaling: { decider },
      engine: { maxSequences: 1 },
    });
    const ttfts = rows.map((_, i) => columns.firstTokenAtSeconds[i] - columns.arrivalAtSeconds[i]);
    const p95 = ttfts.toSorted((a, b) => a - b)
      .find((value) => ttfts.filter((other) => other <= value).length >= 0.95 * count)!;
    deepEqual(seen, [p95, 0], `${count} requests`);
  }
});
