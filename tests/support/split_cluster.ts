import fc from "fast-check";
import type { ClusterParts, FaultParts, FunctionParts } from "../../lib/cluster/cluster_parts.ts";
import { kvLinks, ownPlaces } from "../../lib/cluster/handoff/mod.ts";
import type { Stepping } from "../../lib/engine/engine_parts.ts";
import { FlowNetwork, Topology, Transfers } from "../../lib/network/mod.ts";
import { withTransfers } from "../../lib/serverless/cold_start/mod.ts";
import { caseParts, type ClusterCase, clusterCases } from "./random_cluster.ts";

/** A random cluster whose function prefills with some instances and decodes with others. */
export interface SplitCase extends ClusterCase {
  /** KV blocks of a decoding instance, and its batch. */
  readonly decodeBlocks: number;
  readonly decodeSequences: number;
  /** Whether the decode group never changes in size. */
  readonly decodeIsFixed: boolean;
  /** Bytes of a token's entries; 0: nothing to send. */
  readonly tokenBytes: number;
  /** Shortest prompt that is prefilled apart, tokens. */
  readonly apartFrom: number;
  /** Rate of an instance's card, bytes per second. */
  readonly rate: number;
  readonly setupSeconds: number;
  readonly messageBytes: number;
  /** Mean time between failures of instances, seconds, by place; none: nothing fails. */
  readonly faults: readonly number[];
  readonly inFlight: FaultParts["inFlight"];
  /** How long clients wait, seconds, and how long a request may be in one instance. */
  readonly patience: number;
  readonly executionLimit: number;
  /** How long an instance drains, seconds; Infinity: as long as it takes. */
  readonly drainLimit: number;
}

/** Random splits: memory pressure on both sides, slow links, faults, limits, drains. */
export const splitCases: fc.Arbitrary<SplitCase> = fc.tuple(
  clusterCases,
  fc.record({
    decodeBlocks: fc.integer({ min: 40, max: 160 }),
    decodeSequences: fc.integer({ min: 1, max: 12 }),
    decodeIsFixed: fc.boolean(),
    tokenBytes: fc.constantFrom(0, 1, 10),
    apartFrom: fc.constantFrom(0, 0, 40),
    rate: fc.constantFrom(Infinity, 2000, 300),
    setupSeconds: fc.constantFrom(0, 0.013, 0.2),
    messageBytes: fc.constantFrom(Infinity, 64),
    faults: fc.oneof(
      fc.constant([]),
      fc.array(fc.double({ min: 0.05, max: 4, noNaN: true }), { minLength: 1, maxLength: 6 }),
    ),
    inFlight: fc.constantFrom("fail", "restart", "resume"),
    patience: fc.constantFrom(Infinity, Infinity, 1.7),
    executionLimit: fc.constantFrom(Infinity, Infinity, 1.1),
    drainLimit: fc.constantFrom(Infinity, 0.4),
  }),
).map(([cluster, split]) => ({
  ...cluster,
  ...split,
  // From the others no request moves: the configuration refuses them.
  strategy:
    ["fastertransformer", "sglang", "trt-llm"].some((one) => cluster.strategy.startsWith(one))
      ? "vllm"
      : cluster.strategy,
}));

/** Faults of instances at given distances, each once, so that a run comes to its end. */
function faultsOf({ faults, inFlight }: SplitCase): FaultParts {
  let next = 0;
  return {
    sources: [{
      next: (_unit, from) => next < faults.length ? from + faults[next++] : Infinity,
      isPreemption: false,
      noticeSeconds: 0,
      downSeconds: 1,
    }],
    inFlight,
    retryWaitSeconds: () => 0.1,
  };
}

/** The parts of a case's run; new ones for every run. */
export function splitParts(test: SplitCase, stepping: Stepping): ClusterParts {
  const parts = caseParts(test, stepping);
  const [prefill] = parts.functions;
  const [decode] = caseParts(test.decodeIsFixed ? { ...test, desired: [] } : test, stepping)
    .functions;
  const topology = new Topology(new FlowNetwork());
  const transfers = new Transfers(topology);
  const shared: Partial<FunctionParts> = {
    ...(test.executionLimit < Infinity && { executionLimitSeconds: test.executionLimit }),
  };
  const drained = (fn: FunctionParts): FunctionParts["scaling"] => ({
    ...fn.scaling,
    keepsReplicas: true,
    ...(test.drainLimit < Infinity && {
      drain: { limitSeconds: test.drainLimit, inFlight: "resume" },
    }),
  });
  return {
    ...parts,
    functions: [
      {
        ...prefill,
        ...shared,
        name: "prefill",
        engine: { ...prefill.engine, handsOff: true },
        scaling: drained(prefill),
        handoff: {
          to: 1,
          startsToo: test.decodeIsFixed,
          wireBytes: (from, until) => test.tokenBytes * (until - from),
          ...(test.apartFrom > 0 && {
            goesApart: ({ promptTokens }: { promptTokens: number }) =>
              promptTokens >= test.apartFrom,
          }),
        },
      },
      {
        ...decode,
        ...shared,
        name: "decode",
        engine: {
          ...decode.engine,
          kvBlocks: Math.max(test.decodeBlocks, Math.ceil(160 / test.blockTokens)),
          maxSequences: test.decodeSequences,
          maxTokensPerStep: Math.max(test.chunk, test.decodeSequences),
        },
        scaling: drained(decode),
      },
    ],
    ...(test.patience < Infinity && { patienceSeconds: [test.patience, Infinity, test.patience] }),
    ...(test.faults.length > 0 && { faults: faultsOf(test) }),
    kvTransfers: {
      ...kvLinks(transfers, ownPlaces(topology, () => test.rate)),
      setupSeconds: test.setupSeconds,
      messageBytes: test.messageBytes,
      messageSeconds: 1e-3,
      efficiency: 0.8,
    },
    starts: withTransfers(parts.starts, transfers),
  };
}
