import { deepEqual, equal, ok } from "#assert";
import {
  fixed,
  type HandMadeRequest,
  outcomes,
  smallCluster,
  type SmallClusterChanges,
} from "../../../tests/support/small_cluster.ts";
import { FlowNetwork, Topology, Transfers } from "../../network/mod.ts";
import type { RunRecord } from "../../metrics/run_record.ts";
import { roundRobin } from "../../scheduling/routing/mod.ts";
import { withTransfers } from "../../serverless/cold_start/mod.ts";
import type { ClusterParts } from "../cluster_parts.ts";
import { simulateCluster } from "../simulate.ts";
import { kvLinks, ownPlaces } from "./kv_links.ts";

/** What a test says of a split. */
interface Split extends SmallClusterChanges {
  readonly prefills?: number;
  readonly decodes?: number;
  /** Of the decode group. */
  readonly decodeBlocks?: number;
  readonly rate?: number;
  readonly setupSeconds?: number;
  readonly faults?: ClusterParts["faults"];
  /** Whether instances without requests are let go at once. */
  readonly letsGo?: boolean;
}

/**
 * Steps take one second each; a token's entries are 10 bytes, a card carries 100 bytes per second each
 * way: a prompt of 20 tokens is on its way for 2 seconds.
 */
function run(rows: readonly HandMadeRequest[], split: Split = {}): RunRecord {
  const { prefills = 1, decodes = 1, decodeBlocks = 1000, rate = 100, setupSeconds = 0 } = split;
  const parts = smallCluster(rows, split);
  const [fn] = parts.functions;
  const goes = split.letsGo === true && { minInstances: 0, keepAliveSeconds: 0 };
  const topology = new Topology(new FlowNetwork());
  const transfers = new Transfers(topology);
  return simulateCluster({
    ...parts,
    functions: [{
      ...fn,
      name: "prefill",
      engine: { ...fn.engine, handsOff: true },
      scaling: { ...fn.scaling, ...fixed(prefills), ...goes },
      handoff: { to: 1, wireBytes: (from, until) => 10 * (until - from) },
    }, {
      ...fn,
      name: "decode",
      engine: { ...fn.engine, kvBlocks: decodeBlocks },
      routing: roundRobin(),
      scaling: { ...fn.scaling, ...fixed(decodes) },
    }],
    kvTransfers: {
      ...kvLinks(transfers, ownPlaces(topology, () => rate)),
      setupSeconds,
      messageBytes: Infinity,
      messageSeconds: 0,
      efficiency: 1,
    },
    starts: withTransfers(parts.starts, transfers),
    ...(split.faults && { faults: split.faults }),
  });
}

/** One fault of the instance of a number, at an instant. */
function fault(instance: number, atSeconds: number, inFlight: "fail" | "restart" | "resume") {
  return {
    sources: [{
      next: (unit: number) => unit === instance ? atSeconds : Infinity,
      isPreemption: false,
      noticeSeconds: 0,
      downSeconds: 1,
    }],
    inFlight,
  };
}

Deno.test("a request has its first token from a prefill, its entries sent, and the others from a decode", () => {
  const { columns, lives } = run([[0, 20, 3]]);
  equal(columns.firstTokenAtSeconds[0], 1);
  // Prefill 0..1, on its way 1..3, two steps.
  equal(columns.completedAtSeconds[0], 5);
  equal(columns.maxTbtSeconds[0], 3);
  equal(lives[columns.instanceId[0]].functionId, 1);
});

Deno.test("a request of one token ends where it was prefilled", () => {
  const { columns, lives } = run([[0, 20, 1]]);
  deepEqual([...columns.completedAtSeconds], [1]);
  equal(lives[columns.instanceId[0]].functionId, 0);
});

Deno.test("what a set-up takes goes before the first byte", () => {
  deepEqual([...run([[0, 20, 2]], { setupSeconds: 0.5 }).columns.completedAtSeconds], [4.5]);
});

Deno.test("transfers share the card of the instance that sends them", () => {
  const rows = [[0, 20, 2], [0, 20, 2]] as const;
  // Both are there after 4 seconds, though they go to instances of their own.
  deepEqual([...run(rows, { decodes: 2 }).columns.completedAtSeconds], [6, 6]);
  deepEqual([...run(rows, { prefills: 2, decodes: 2 }).columns.completedAtSeconds], [4, 4]);
});

Deno.test("a prefill keeps the blocks of what is on its way", () => {
  // 5 blocks of 4 tokens are 20: the second prompt is prefilled once the first one's entries are gone.
  const { columns } = run([[0, 20, 2], [0, 20, 2]], { engine: { kvBlocks: 6 } });
  deepEqual([...columns.firstTokenAtSeconds], [1, 4]);
});

Deno.test("entries are sent for once there are blocks for them", () => {
  // 11 blocks: a request of 20 tokens takes 5 and one more for its next step.
  const { columns } = run([[0, 20, 2], [0, 20, 2]], { decodeBlocks: 11 });
  // The first ends at 4, the second is on its way from then on.
  deepEqual([...columns.completedAtSeconds], [4, 7]);
});

Deno.test("a request whose decode is lost is sent again from where its entries are", () => {
  const { columns } = run([[0, 20, 3]], { decodes: 2, faults: fault(1, 2, "resume") });
  deepEqual(outcomes({ columns } as RunRecord), ["completed"]);
  // On its way from 2 on, to the other one.
  deepEqual([...columns.firstTokenAtSeconds, ...columns.completedAtSeconds], [1, 6]);
  equal(columns.instanceId[0], 2);
});

Deno.test("a request whose entries are lost is computed anew, with the tokens that it has", () => {
  const { columns } = run([[0, 20, 3]], { prefills: 2, faults: fault(0, 2, "resume") });
  // Again from 2 on: its second token at 3, 21 tokens on their way for 2.1 seconds.
  deepEqual([...columns.firstTokenAtSeconds], [1]);
  ok(Math.abs(columns.completedAtSeconds[0] - 6.1) < 1e-6, `${columns.completedAtSeconds[0]}`);
});

Deno.test("a request whose entries are lost begins anew, or fails, where that is said", () => {
  const anew = run([[0, 20, 3]], { prefills: 2, faults: fault(0, 2, "restart") });
  deepEqual([...anew.columns.firstTokenAtSeconds, ...anew.columns.completedAtSeconds], [3, 7]);
  const failed = run([[0, 20, 3]], { prefills: 2, faults: fault(0, 2, "fail") });
  deepEqual(outcomes(failed), ["failed"]);
});

Deno.test("an instance whose entries are on their way is not let go before they are there", () => {
  const { lives, columns } = run([[0, 20, 3], [10, 20, 1]], { letsGo: true });
  equal(lives[0].stoppedAtSeconds, 3);
  deepEqual([...columns.completedAtSeconds], [5, 13]);
});
