import { graphSeconds, type HostPart, hostPartSeconds } from "../hardware/host_times.ts";
import type { TransformerShape } from "../models/transformer.ts";
import type { DecodeLine, ExecutionTimeModel, StepShape } from "./execution_time_model.ts";

/** What an engine captures: decode-only steps whole, every step in pieces, or nothing. */
export type CudaGraphs = "full" | "piecewise" | "off";

/** What an engine may capture, as settings name it. */
export const CUDA_GRAPHS: readonly CudaGraphs[] = ["full", "piecewise", "off"];

/** Seconds in which the host launches a step, by how it runs. */
export interface HostSeconds {
  /** Decode-only steps of a size that has a graph. */
  readonly decode: number;
  /** Other steps of a size that has graphs. */
  readonly mixed: number;
  /** Steps of a size that has none. */
  readonly beyond: number;
}

/** Seconds in which one GPU's host launches a step of all layers: launches x time per launch. */
export function hostSecondsOf({ layers }: TransformerShape, graphs: CudaGraphs): HostSeconds {
  let [eager, compiled, pieces] = [0, 0, graphSeconds()];
  for (const { mixer, feedForward } of layers) {
    const parts: (HostPart | undefined)[] = [mixer?.kind, feedForward?.kind];
    for (const part of parts) {
      if (part === undefined) continue;
      const seconds = hostPartSeconds(part);
      eager += seconds.eager;
      compiled += seconds.compiled;
      if (seconds.outside > 0) pieces += seconds.outside + graphSeconds();
    }
  }
  if (graphs === "off") return { decode: eager, mixed: eager, beyond: eager };
  return { decode: graphs === "full" ? graphSeconds() : pieces, mixed: pieces, beyond: compiled };
}

/** The same with so many seconds more for each step. */
export function laterBy({ decode, mixed, beyond }: HostSeconds, seconds: number): HostSeconds {
  return { decode: decode + seconds, mixed: mixed + seconds, beyond: beyond + seconds };
}

/** A source of execution times and the host that launches its steps. */
export interface HostBoundOptions {
  /** Times of the GPU. */
  readonly source: ExecutionTimeModel;
  /** Times of the host. */
  readonly host: HostSeconds;
  /** Largest size with graphs, tokens. */
  readonly mostCaptured: number;
}

/**
 * Another source's times, none shorter than the host takes to launch the step. Runs of decode steps
 * stay on lines: they are level while the host is slower.
 */
export function hostBound({ source, host, mostCaptured }: HostBoundOptions): ExecutionTimeModel {
  const floorOf = (tokens: number, hasChunks: boolean) =>
    tokens > mostCaptured ? host.beyond : hasChunks ? host.mixed : host.decode;
  return {
    ...source,
    name: `host-bound ${source.name}`,
    stepSeconds(step: StepShape) {
      let tokens = step.decodeTokens ?? step.decodeSequences;
      for (let i = 0; i < step.chunkCount; i++) tokens += step.chunkTokens[i];
      const seconds = source.stepSeconds(step);
      const floor = floorOf(tokens, step.chunkCount > 0);
      return seconds > floor ? seconds : floor;
    },
    decodeLine(sequences, contextTokens, line: DecodeLine, longest, width) {
      if (!source.decodeLine(sequences, contextTokens, line, longest, width)) return false;
      const floor = floorOf(width?.decodeTokens ?? sequences, false);
      const { baseSeconds, slopeSecondsPerToken: slope } = line;
      if (baseSeconds + slope * contextTokens >= floor) return true;
      const meetAt = (floor - baseSeconds) / slope;
      if (meetAt < line.contextEndTokens) line.contextEndTokens = meetAt;
      line.baseSeconds = floor;
      line.slopeSecondsPerToken = 0;
      return true;
    },
  };
}
