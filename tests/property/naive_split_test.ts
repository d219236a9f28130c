import { equal, ok } from "#assert";
import fc from "fast-check";
import type { ClusterParts, FunctionParts } from "../../lib/cluster/cluster_parts.ts";
import { kvLinks, ownPlaces } from "../../lib/cluster/handoff/mod.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { FlowNetwork, Topology, Transfers } from "../../lib/network/mod.ts";
import { orca } from "../../lib/scheduling/batching/orca.ts";
import { roundRobin } from "../../lib/scheduling/routing/mod.ts";
import { withTransfers } from "../../lib/serverless/cold_start/mod.ts";
import { type NaiveSplit, simulateSplitNaively } from "../support/naive_split.ts";
import { piecewiseTime } from "../support/piecewise_time.ts";
import { fixed, smallCluster } from "../support/small_cluster.ts";

/** Cases per run of the suite, and where they begin; `deno task test:soak` sets more. */
const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 300);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20261203);
/** Bound on the relative difference of an instant. */
const TOLERANCE = 1e-9;

/** Times are not round, so that nothing coincides that could be told in another order. */
const seconds = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const cases: fc.Arbitrary<NaiveSplit> = fc.record({
  requests: fc.array(
    fc.record({
      gap: seconds(1e-3, 0.3),
      prompt: fc.integer({ min: 1, max: 60 }),
      output: fc.integer({ min: 1, max: 20 }),
    }),
    { minLength: 1, maxLength: 30 },
  ),
  prefills: fc.integer({ min: 1, max: 3 }),
  decodes: fc.integer({ min: 1, max: 3 }),
  prefillSequences: fc.integer({ min: 1, max: 4 }),
  decodeSequences: fc.integer({ min: 1, max: 6 }),
  prefillBlocks: fc.integer({ min: 25, max: 60 }),
  decodeBlocks: fc.integer({ min: 25, max: 90 }),
  blockTokens: fc.constantFrom(4, 7),
  budget: fc.integer({ min: 20, max: 100 }),
  maxOutput: fc.constant(20),
  base: seconds(0.01, 0.03),
  perPrefillToken: seconds(1e-4, 1e-3),
  perSequence: seconds(1e-4, 1e-3),
  perContextToken: seconds(1e-6, 1e-5),
  tokenBytes: seconds(1, 3),
  rate: seconds(50, 5000),
  setup: seconds(1e-4, 0.02),
  efficiency: seconds(0.5, 1),
});

function realParts(split: NaiveSplit): ClusterParts {
  let at = 0;
  const rows = split.requests.map(({ gap, prompt, output }) =>
    [at += gap, prompt, output] as const
  );
  const parts = smallCluster(rows);
  const [fn] = parts.functions;
  const topology = new Topology(new FlowNetwork());
  const transfers = new Transfers(topology);
  const group = (
    name: string,
    instances: number,
    maxSequences: number,
    kvBlocks: number,
  ): FunctionParts => ({
    ...fn,
    name,
    engine: {
      ...fn.engine,
      execution: piecewiseTime({ ...split, kneeTokens: Infinity, offersLine: true }),
      strategy: orca(),
      maxSequences,
      maxTokensPerStep: split.budget,
      kvBlocks,
      blockTokens: split.blockTokens,
      maxOutputTokens: split.maxOutput,
    },
    routing: roundRobin(),
    scaling: { ...fn.scaling, ...fixed(instances) },
  });
  const { prefillSequences, prefillBlocks, decodeSequences, decodeBlocks } = split;
  const prefill = group("prefill", split.prefills, prefillSequences, prefillBlocks);
  return {
    ...parts,
    functions: [{
      ...prefill,
      engine: { ...prefill.engine, handsOff: true },
      handoff: { to: 1, wireBytes: (from, until) => split.tokenBytes * (until - from) },
    }, group("decode", split.decodes, decodeSequences, decodeBlocks)],
    kvTransfers: {
      ...kvLinks(transfers, ownPlaces(topology, () => split.rate)),
      setupSeconds: split.setup,
      messageBytes: Infinity,
      messageSeconds: 0,
      efficiency: split.efficiency,
    },
    starts: withTransfers(parts.starts, transfers),
  };
}

Deno.test("a split does what a naive one does, request by request", () => {
  let sent = 0, queued = 0;
  const near = (found: number, expected: number, what: string) => {
    if (Number.isNaN(found) && Number.isNaN(expected)) return;
    const scale = Math.max(1, Math.abs(expected));
    ok(Math.abs(found - expected) <= TOLERANCE * scale, `${what}: ${found}, naively ${expected}`);
  };
  const run = (split: NaiveSplit) => {
    const { columns, kvTransfers } = simulateCluster(realParts(split));
    const rows = new Map([...kvTransfers!.request].map((request, row) => [request, row]));
    for (const request of simulateSplitNaively(split)) {
      const { id, tokens, asked, there, prefilledBy } = request;
      const name = `of request ${id}`;
      equal(columns.instanceId[id], request.finishedBy, `instance ${name}`);
      near(columns.firstTokenAtSeconds[id], tokens[0], `first token ${name}`);
      near(columns.completedAtSeconds[id], tokens[tokens.length - 1], `last token ${name}`);
      const row = rows.get(id);
      equal(row === undefined, tokens.length === 1, `transfer ${name}`);
      if (row === undefined) continue;
      const { fromInstance, bytes, queuedSeconds, beginAtSeconds, seconds: took } = kvTransfers!;
      equal(fromInstance[row], prefilledBy, `sender ${name}`);
      near(bytes[row], split.tokenBytes * request.prompt, `bytes ${name}`);
      near(beginAtSeconds[row], asked, `begin of the transfer ${name}`);
      near(beginAtSeconds[row] + took[row], there, `end of the transfer ${name}`);
      near(queuedSeconds[row], asked - tokens[0], `queue ${name}`);
      sent++;
      if (queuedSeconds[row] > 0) queued++;
    }
  };
  fc.assert(fc.property(cases, run), { numRuns: CASES, seed: SEED });
  ok(sent > CASES && queued > CASES / 10, `${sent} were sent, ${queued} had to queue`);
});
