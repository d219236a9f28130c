import type { StepShape } from "../../execution/execution_time_model.ts";
import type { AttentionKernelName } from "../../hardware/attention_kernels.ts";
import { parse } from "../../std/csv.ts";

/** Texts of the tables of h200-measured that hold whole steps. */
export interface StepTables {
  readonly decodes: string;
  readonly unequal: string;
  readonly prompts: string;
}

/** A whole step of a decoder of Llama-3.1-8B's shape that was timed on one GPU. */
export interface MeasuredStep {
  /** What of a step it is about. */
  readonly term: "equal contexts" | "unequal contexts" | "prompts" | "prompts after a past";
  readonly shape: StepShape;
  /** Kernel of its decode attention; absent for prompts. */
  readonly kernel?: AttentionKernelName;
  readonly seconds: number;
}

type Row = Readonly<Record<string, string>>;

const rowsOf = (text: string) => parse(text, { skipFirstRow: true }) as Row[];

/** Kernels that divide the work as the measured ones did. */
const KERNELS: Readonly<Record<string, AttentionKernelName>> = {
  fixed: "triton-split",
  triton: "triton-split",
  even528: "flashinfer",
  fa2: "flash-attention-2",
};

/**
 * Reads whole steps in CUDA graphs. Steps without a part and those that wait for launches are left out,
 * and of prompts those whose attention is the slower of two kernels.
 */
export function readMeasuredSteps({ decodes, unequal, prompts }: StepTables): MeasuredStep[] {
  const whole = rowsOf(decodes).filter(({ how, without }) => how === "graph" && without === "");
  return [
    ...whole.map((row) =>
      decodeStep(
        Number(row.batch),
        Number(row.context_sum),
        Number(row.longest),
        row.attention,
        row,
      )
    ),
    ...rowsOf(unequal).filter((row) => row.case !== "equal").map((row) =>
      decodeStep(Number(row.batch), Number(row.sum), Number(row.longest), row.path, row)
    ),
    ...promptSteps(rowsOf(prompts).filter(({ how }) => how === "graph")),
  ];
}

function decodeStep(
  sequences: number,
  contextTokens: number,
  longest: number,
  path: string,
  { gpu_ms }: Row,
): MeasuredStep {
  return {
    term: longest * sequences === contextTokens ? "equal contexts" : "unequal contexts",
    kernel: KERNELS[path],
    seconds: Number(gpu_ms) / 1000,
    shape: {
      decodeSequences: sequences,
      decodeContextTokens: contextTokens,
      decodeLongestContextTokens: longest,
      chunkCount: 0,
      chunkTokens: new Int32Array(),
      chunkPastTokens: new Int32Array(),
      sampledSequences: sequences,
    },
  };
}

function promptSteps(rows: readonly Row[]): MeasuredStep[] {
  return [...Map.groupBy(rows, ({ chunks }) => chunks)].map(([chunks, timed]) => {
    const parts = chunks.split(/[ ;,]+/).map((part) => part.split("+").map(Number));
    const fastest = Math.min(...timed.map(({ gpu_ms }) => Number(gpu_ms)));
    return {
      term: parts.every(([, past]) => past === 0) ? "prompts" : "prompts after a past",
      seconds: fastest / 1000,
      shape: {
        decodeSequences: 0,
        decodeContextTokens: 0,
        chunkCount: parts.length,
        chunkTokens: Int32Array.from(parts, ([tokens]) => tokens),
        chunkPastTokens: Int32Array.from(parts, ([, past]) => past),
        sampledSequences: parts.length,
      },
    };
  });
}
