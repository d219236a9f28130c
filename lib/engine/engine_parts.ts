import type { StepPower } from "../execution/power/step_energy.ts";
import type { ExecutionTimeModel, StepWork } from "../execution/execution_time_model.ts";
import type { RunObserver } from "../metrics/run_observer.ts";
import type { RequestColumns } from "../metrics/run_tables.ts";
import type { BatchingStrategy } from "../scheduling/batching/strategy.ts";
import type { PrefixIndex } from "../scheduling/kv_cache/prefix_holders.ts";
import type { PrefixIdentity } from "../scheduling/kv_cache/prefix_identity.ts";
import type { GapSketch } from "../stats/gap_sketch.ts";
import type { Clock } from "./clock.ts";
import type { EntryPulls } from "./expected_requests.ts";
import type { LatencyLedger } from "./latency/latency_ledger.ts";
import type { SpareSequences } from "./spare_sequences.ts";
import type { SpeculationParts } from "./speculation.ts";

/** How an engine advances: many decode steps at once where that is exact, or every step singly. */
export type Stepping = "leap" | "step";

/** Host memory that swapped-out KV blocks go to. */
export interface SwapSpace {
  /** KV blocks that fit in host memory. */
  readonly blocks: number;
  /** Seconds to move one block over PCIe, one way. */
  readonly secondsPerBlock: number;
}

/** What every engine of one function has in common. */
export interface EngineParts {
  /** How long a step takes. */
  readonly execution: ExecutionTimeModel;
  /** FLOPs and bytes of a step. */
  readonly work: StepWork;
  /** Forms the steps. */
  readonly strategy: BatchingStrategy;
  /** How the engine advances. */
  readonly stepping: Stepping;
  /** Most sequences in a batch, >= 1. */
  readonly maxSequences: number;
  /** Token budget of one step, >= maxSequences. */
  readonly maxTokensPerStep: number;
  /** KV blocks of one engine and tokens per block. */
  readonly kvBlocks: number;
  /** Tokens per KV block, >= 1. */
  readonly blockTokens: number;
  /** Longest sequence (prompt and output) of the model, tokens. */
  readonly maxModelTokens: number;
  /** Output limit that clients state, tokens: what "maximum" reservation reserves for. */
  readonly maxOutputTokens: number;
  /** What orders waiting requests, one per request: the least goes first. Absent: by arrival. */
  readonly queueKeys?: Float64Array | Int32Array | Uint8Array;
  /** Prefix identities; absent when the cache is off or nothing is shared. */
  readonly prefix?: PrefixIdentity;
  /** Host memory for preempted sequences; absent: they are recomputed. */
  readonly swap?: SwapSpace;
  /**
   * The engine forms each step while the one before runs (vLLM's asynchronous scheduling), so a
   * request that arrives during a step is first considered one step later. Default false.
   */
  readonly asyncScheduling?: boolean;
  /** How it drafts tokens and verifies them; absent: one token per sequence and step. */
  readonly speculation?: SpeculationParts;
  /** Whether its requests go on elsewhere once they have their first token. Default false. */
  readonly handsOff?: boolean;
  /** GPUs of one instance. */
  readonly gpus: number;
  /** Dense peak of one instance: FLOP/s and bytes/s over all its GPUs. */
  readonly peakFlops: number;
  /** Peak memory bandwidth of one instance over all its GPUs, bytes/s. */
  readonly peakBytesPerSecond: number;
  /** What its GPUs draw in steps; absent: nobody asks. */
  readonly power?: StepPower;
}

/** What an engine may change to while it serves. */
export interface EngineChange {
  /** How long a step takes. */
  readonly execution: ExecutionTimeModel;
  /** KV blocks in all, >= 1. */
  readonly kvBlocks: number;
}

/** The clock and the columns that all engines of a run share. */
export interface RunColumns {
  /** The present instant. */
  readonly clock: Clock;
  /** One row per request, filled in as things happen. */
  readonly columns: RequestColumns;
  /** Output tokens that exist of each request that is not running; scratch of the engines. */
  readonly generated: Int32Array;
  /** Output tokens after which each request ends: its true length, cut by the model's limit. */
  readonly outputLimit: Int32Array;
  /** Instance whose start each request waited for, -1 for none; undefined until one has waited. */
  waitedFor: Int32Array | undefined;
  /**
   * Rows of the workload, where requests have numbers of their own: of requests that came at once the
   * lower row is the earlier. Absent: a request's number is its row.
   */
  readonly ids?: Int32Array;
  /** Gaps between tokens of all requests. */
  readonly gaps: GapSketch;
  /** Where the time of requests goes; absent: nobody asks. */
  readonly latency?: LatencyLedger;
  /** Which instances have which prefixes; absent where no router asks. */
  readonly prefixes?: PrefixIndex;
  /** What engines that have stopped leave to those that start; absent: nothing. */
  readonly spare?: SpareSequences;
  /** Who is told that engines have taken blocks for entries to come; absent: none come. */
  readonly pulls?: EntryPulls;
  /** Who is told of the engines' steps; absent: nobody. */
  readonly observer?: RunObserver;
}
