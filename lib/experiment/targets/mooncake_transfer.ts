import { parse } from "../../std/yaml.ts";
import text from "../../../data/targets/mooncake-transfer.yaml" with { type: "text" };
import type { FunctionParts } from "../../cluster/cluster_parts.ts";
import { kvLinks, ownPlaces } from "../../cluster/handoff/mod.ts";
import { simulateCluster } from "../../cluster/simulate.ts";
import { constantTime } from "../../execution/constant_time.ts";
import { stepWork } from "../../execution/step_work.ts";
import { kvLink, type KvLinkName } from "../../hardware/mod.ts";
import { kvWireBytes, modelShape } from "../../models/mod.ts";
import { FlowNetwork, Topology, Transfers } from "../../network/mod.ts";
import { vllm } from "../../scheduling/batching/vllm.ts";
import { roundRobin } from "../../scheduling/routing/mod.ts";
import { sequentialStarts, withTransfers } from "../../serverless/cold_start/mod.ts";
import { relativeRow, type TargetGroup } from "./target.ts";

interface TransferTable {
  readonly preset: KvLinkName;
  readonly model: string;
  readonly ranks: number;
  readonly prompt_tokens: readonly number[];
  readonly sent_bytes: readonly number[];
  readonly transfer_ms: readonly number[];
}

interface TransferTargets {
  readonly source: string;
  readonly tolerance: number;
  readonly fitted_up_to_tokens: number;
  readonly tables: readonly TransferTable[];
}

const BLOCK_TOKENS = 16;

/** Seconds that the transfers of prompts take, each alone from a prefill to a decode instance. */
function transferSeconds({ preset, model, ranks }: TransferTable, prompts: number[]): Float64Array {
  const topology = new Topology(new FlowNetwork());
  const transfers = new Transfers(topology);
  const { bytesPerSecond, efficiency, setupSeconds } = kvLink(preset);
  const shape = modelShape(model);
  const count = prompts.length;
  const longest = Math.max(...prompts) + 2;
  const group: Omit<FunctionParts, "name"> = {
    engine: {
      execution: constantTime(0.01),
      work: stepWork(shape, { weightBytesPerElement: 2, kvBytesPerElement: 2 }),
      strategy: vllm(),
      stepping: "leap",
      maxSequences: 1,
      maxTokensPerStep: longest,
      kvBlocks: Math.ceil(longest / BLOCK_TOKENS) + 1,
      blockTokens: BLOCK_TOKENS,
      maxModelTokens: longest,
      maxOutputTokens: 2,
      gpus: ranks,
      peakFlops: 1e15,
      peakBytesPerSecond: 1e12,
    },
    routing: roundRobin(),
    scaling: { minInstances: 1, maxInstances: 1, initialInstances: 1, activation: "none" },
    noCapacity: { action: "queue", limit: Infinity, timeoutSeconds: Infinity },
    concurrencyPerInstance: 1,
  };
  const record = simulateCluster({
    requests: {
      count,
      arrivalAtSeconds: Float64Array.from(prompts, (_, i) => i),
      promptTokens: Int32Array.from(prompts),
      outputTokens: new Int32Array(count).fill(2),
    },
    functions: [{
      ...group,
      name: "prefill",
      engine: { ...group.engine, handsOff: true },
      handoff: { to: 1, wireBytes: kvWireBytes(shape, 2, ranks) },
    }, { ...group, name: "decode" }],
    kvTransfers: {
      ...kvLinks(transfers, ownPlaces(topology, () => bytesPerSecond)),
      setupSeconds,
      efficiency,
      messageBytes: Infinity,
      messageSeconds: 0,
    },
    starts: withTransfers(sequentialStarts(() => []), transfers),
    horizonSeconds: 0,
    stopAtSeconds: Infinity,
    sampleSeconds: 1000,
  });
  return record.kvTransfers!.seconds;
}

/** Mooncake's transfers of KV entries between a prefill and a decode instance, by length. */
export const mooncakeTransferTargets: TargetGroup = {
  id: "mooncake-transfer",
  rows() {
    const { source, tolerance, fitted_up_to_tokens: fitted, tables } = parse(
      text,
    ) as TransferTargets;
    return tables.flatMap((table) => {
      const tokenBytes = kvWireBytes(modelShape(table.model), 2, table.ranks)(0, 1);
      const prompts = table.sent_bytes.map((bytes) => Math.round(bytes / tokenBytes));
      const ours = transferSeconds(table, prompts);
      return table.prompt_tokens.map((tokens, i) =>
        relativeRow(
          `mooncake-transfer/${table.preset}/${tokens <= fitted ? "fitted" : "scored"}/${tokens}`,
          source,
          table.transfer_ms[i] / 1e3,
          ours[i],
          tolerance,
        )
      );
    });
  },
};
