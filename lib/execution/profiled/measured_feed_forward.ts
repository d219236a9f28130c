import { log } from "../../stats/elementary/mod.ts";
import { gpuNamed } from "../../hardware/gpu_catalogue.ts";
import { layerEfficiency } from "../../hardware/layer_efficiency.ts";
import type { DenseFeedForward, ExpertFeedForward, Layer } from "../../models/transformer.ts";
import {
  type AllToAllMode,
  exchangeSeconds,
  FP8_DISPATCH_BYTES,
  LOW_LATENCY_TOKENS,
} from "../all_to_all.ts";
import { busiestRankLoad } from "../busiest_rank_load.ts";
import type { ElementwiseTimes } from "./elementwise_times.ts";
import { expertSecondsOf } from "./expert_times.ts";
import { measuredRatio } from "./measured_ratio.ts";
import { findTables } from "./operator_profile.ts";
import type { ProfiledOptions } from "./profiled_options.ts";

/** Seconds by tokens. */
export type TokenSeconds = (tokens: number) => number;

/** What measured feed-forwards are composed of. */
export interface FeedForwardPlace {
  readonly options: ProfiledOptions;
  /** GPUs that share a dense layer. */
  readonly ranks: number;
  /** Groups of GPUs among which whole experts are spread. */
  readonly expertParallel: number;
  /** Products with weights of n columns and k rows, and those of 16 bits. */
  gemm(n: number, k: number): TokenSeconds;
  gemm16(n: number, k: number): TokenSeconds;
  readonly elementwise: ElementwiseTimes;
}

/** The feed-forward of a layer. */
export interface MeasuredFeedForward {
  /** All of it by the tokens of a rank; where ranks exchange tokens, without the experts. */
  readonly own: TokenSeconds;
  /** Experts that attention ranks share, by the tokens of all of them; absent: part of `own`. */
  readonly exchanged?: TokenSeconds;
}

/** The feed-forward of a layer from the tables of a profile. */
export function measuredFeedForward(
  place: FeedForwardPlace,
  { feedForward, besideExperts }: Pick<Layer, "feedForward" | "besideExperts">,
): MeasuredFeedForward | undefined {
  const beside = besideExperts === undefined ? () => 0 : dense(place, besideExperts);
  if (feedForward === undefined) {
    return besideExperts === undefined ? undefined : { own: beside };
  }
  if (feedForward.kind === "dense") {
    const own = dense(place, feedForward);
    return { own: (m) => own(m) + beside(m) };
  }
  const shared = feedForward.sharedWidth > 0
    ? dense(place, { width: feedForward.sharedWidth, isGated: feedForward.isGated })
    : () => 0;
  const around = routerSeconds(place, feedForward);
  const routed = routedSeconds(place, feedForward);
  if ((place.options.dataParallelAttention ?? 1) === 1) {
    return { own: (m) => around(m) + routed(m) + shared(m) + beside(m) };
  }
  const exchange = exchangeTimes(place, feedForward);
  return { own: (m) => around(m) + exchange(m) + shared(m) + beside(m), exchanged: routed };
}

function dense(
  { options: { shape: { hiddenSize } }, ranks, gemm, elementwise }: FeedForwardPlace,
  { width: whole, isGated }: Pick<DenseFeedForward, "width" | "isGated">,
): TokenSeconds {
  const gates = isGated ? 2 : 1;
  const width = whole / ranks;
  const up = gemm(gates * width, hiddenSize), down = gemm(hiddenSize, width);
  return (m) => up(m) + elementwise.activation(width, gates, m) + down(m);
}

function routerSeconds(
  { options: { shape: { hiddenSize } }, gemm, gemm16 }: FeedForwardPlace,
  { count, latentSize }: ExpertFeedForward,
): TokenSeconds {
  const router = gemm16(count, hiddenSize);
  if (latentSize === undefined) return router;
  const down = gemm(latentSize, hiddenSize), up = gemm(hiddenSize, latentSize);
  return (m) => router(m) + down(m) + up(m);
}

function routedSeconds(place: FeedForwardPlace, experts: ExpertFeedForward): TokenSeconds {
  const { options, expertParallel } = place;
  const { tensorParallel = 1, weightDtype = "bf16", routing = "balanced", expertSkew = 0 } =
    options;
  const routed = expertSecondsOf(options.profile, {
    hiddenSize: experts.latentSize ?? options.shape.hiddenSize,
    experts,
    dtype: weightDtype,
    ...(options.hasBlockScales && { isBlockScaled: true }),
    tensorParallel: tensorParallel / expertParallel,
    expertParallel,
    routing,
  });
  const load = busiestRankLoad(expertParallel, expertSkew);
  return (m) => routed(m * load);
}

/**
 * Dispatch and combine of a layer by the tokens of a rank: the law of this layer times what the
 * measured layer that is most like it takes over its own law. Never less for more tokens.
 */
function exchangeTimes(
  { options, expertParallel: ranks }: FeedForwardPlace,
  experts: ExpertFeedForward,
): TokenSeconds {
  const { profile, shape, weightDtype = "bf16", allToAll = "auto", maxTokensPerStep = 8192 } =
    options;
  const gpu = profile.facts?.device ?? gpuNamed(profile.gpu);
  const place = { efficiency: layerEfficiency(gpu.generation).allToAll, link: gpu.link, ranks };
  const { perToken, count } = experts;
  const hiddenSize = experts.latentSize ?? shape.hiddenSize;
  const dispatchBytes = weightDtype === "bf16" ? 2 : FP8_DISPATCH_BYTES;
  const own = { hiddenSize, perToken, experts: count, dispatchBytes };
  const direction = (mode: Exclude<AllToAllMode, "auto">, way: "dispatch" | "combine") => {
    const law = (m: number) => exchangeSeconds(place, own, mode, way, m);
    const [table] = findTables(profile, "all_to_all", { mode, direction: way });
    if (table === undefined) return law;
    const wanted = [hiddenSize, perToken, count];
    const distance = (point: readonly number[]) =>
      point.reduce((sum, value, i) => sum + Math.abs(log(value / wanted[i])), 0);
    const { points } = table.axes[0];
    let row = 0;
    points.forEach((point, i) => {
      if (distance(point) < distance(points[row])) row = i;
    });
    const [measuredHidden, measuredPerToken, measuredExperts] = points[row];
    const measured = {
      hiddenSize: measuredHidden,
      perToken: measuredPerToken,
      experts: measuredExperts,
      dispatchBytes: mode === "normal" ? 1 : FP8_DISPATCH_BYTES,
    };
    const eight = { ...place, ranks: 8 };
    const ratio = measuredRatio(
      table,
      row,
      (m) => exchangeSeconds(eight, measured, mode, way, m),
    );
    return (m: number) => law(m) * ratio(m, 1);
  };
  const both = (mode: Exclude<AllToAllMode, "auto">): TokenSeconds => {
    const [there, back] = [direction(mode, "dispatch"), direction(mode, "combine")];
    return (m) => there(m) + back(m);
  };
  const [low, normal] = [both("low-latency"), both("normal")];
  const seconds = new Float64Array(maxTokensPerStep + 1);
  for (let m = 1; m <= maxTokensPerStep; m++) {
    const isLow = allToAll === "low-latency" || (allToAll === "auto" && m <= LOW_LATENCY_TOKENS);
    seconds[m] = Math.max(seconds[m - 1], isLow ? low(m) : normal(m));
  }
  return (m) => seconds[Math.min(m, maxTokensPerStep)];
}
