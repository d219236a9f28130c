import { parse } from "../../std/csv.ts";
import { field, numberField } from "./fields.ts";
import type { Latencies } from "./latencies.ts";

/** A real server with so many requests in flight. */
export interface ConcurrencyPoint {
  /** Model, format, GPUs, lengths and concurrency, for people. */
  readonly label: string;
  /** Hugging Face id. */
  readonly model: string;
  /** GPU of the catalogue. */
  readonly gpu: string;
  /** GPUs of the engine, >= 1. */
  readonly tensorParallel: number;
  /** Weights in fp8; bf16 otherwise. */
  readonly fp8: boolean;
  /** Version of vLLM; empty where it was not recorded. */
  readonly version: string;
  /** Nominal prompt length, tokens. */
  readonly promptTokens: number;
  /** Nominal output length, tokens. */
  readonly outputTokens: number;
  /** Requests in flight. */
  readonly concurrency: number;
  /** Mean latencies as the client measured them. */
  readonly measured: Latencies;
}

const GPUS: Readonly<Record<string, string>> = { h100_sxm: "h100-sxm" };

/**
 * Reads points.csv of the data set vllm-concurrency-points. End-to-end latency was not measured.
 *
 * @throws {SyntaxError} For a row without a number where one is needed.
 */
export function readConcurrencyPoints(text: string): ConcurrencyPoint[] {
  return parse(text, { skipFirstRow: true }).map((row, index) => {
    const number = (name: string) => numberField(row, name, index);
    const model = field(row, "model", index);
    const fp8 = field(row, "gemm_quant", index) === "fp8";
    return {
      label: `${model.split("/").at(-1)} ${fp8 ? "fp8" : "bf16"} tp${row.tp} ` +
        `${row.isl}/${row.osl} x${row.concurrency}`,
      model,
      gpu: GPUS[row.gpu] ?? row.gpu,
      tensorParallel: number("tp"),
      fp8,
      version: row.vllm,
      promptTokens: number("isl"),
      outputTokens: number("osl"),
      concurrency: number("concurrency"),
      measured: {
        ttftSeconds: number("ttft_ms") / 1000,
        tpotSeconds: number("tpot_ms") / 1000,
        e2eSeconds: NaN,
      },
    };
  });
}
