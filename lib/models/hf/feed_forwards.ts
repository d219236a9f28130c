import type { DenseFeedForward, ExpertFeedForward } from "../transformer.ts";
import type { Family } from "./family.ts";
import { residualWidth } from "./mixers.ts";
import { flag, type Json, number, optional } from "./values.ts";

const COUNTS = ["num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"];
const PER_TOKEN = [
  "num_experts_per_tok",
  "num_experts_per_token",
  "experts_per_token",
  "moe_top_k",
  "moe_topk",
  "top_k_experts",
  "moe_k",
];

/** Whether a key of the family, or a fixed rule, says so. */
function says(json: Json, rule: boolean | string | undefined): boolean {
  return typeof rule === "string" ? flag(json, rule) === true : rule === true;
}

/** Width of the dense feed-forward: 0 where the model has none. */
function denseWidth(json: Json): number {
  return optional(json, "ffn_dim") ??
    optional(json, "intermediate_size", "n_inner", "ffn_hidden_size") ?? 4 * residualWidth(json);
}

/** Feed-forward of every token; undefined where its width is 0. */
export function denseOf(json: Json, family: Family): DenseFeedForward | undefined {
  const width = denseWidth(json);
  if (width === 0) return undefined;
  return {
    kind: "dense",
    width,
    isGated: family.isUngated !== true,
    hasBias: says(json, family.mlpBias),
  };
}

/** Routed experts of a layer. */
export function expertsOf(json: Json, family: Family): ExpertFeedForward | undefined {
  const count = optional(json, ...COUNTS);
  if (count === undefined || count === 0) return undefined;
  const width = optional(json, "moe_intermediate_size") ?? number(json, "intermediate_size");
  const latentSize = optional(json, "moe_latent_size", "routed_expert_hidden_size");
  const hidden = residualWidth(json);
  const sharedWidth = widthOfShared(json, family, width);
  const smallParameters = (says(json, family.routerBias) ? count : 0) +
    (family.hasSharedGate && sharedWidth > 0 ? hidden : 0);
  return {
    kind: "experts",
    count,
    perToken: chosenExperts(json, count),
    width,
    isGated: family.isUngated !== true,
    hasBias: family.expertBias === true,
    sharedWidth,
    ...(latentSize !== undefined && latentSize > 0 && { latentSize }),
    ...(smallParameters > 0 && { smallParameters }),
  };
}

/** Experts that each token passes. @throws RangeError if they are more than there are. */
function chosenExperts(json: Json, count: number): number {
  const chosen = number(json, ...PER_TOKEN);
  if (chosen <= count) return chosen;
  throw new RangeError(
    `Cannot read the experts of a token in a model's config.json as at most its ${count} experts: ` +
      `current value is ${chosen}`,
  );
}

/** Width of all shared experts together. */
function widthOfShared(json: Json, family: Family, width: number): number {
  const stated = optional(
    json,
    "shared_expert_intermediate_size",
    "moe_shared_expert_intermediate_size",
    "share_expert_dim",
    "shared_intermediate_size",
  );
  if (stated !== undefined) return stated;
  const count =
    optional(json, "n_shared_experts", "num_shared_experts", "moe_num_shared_experts") ??
      family.sharedExperts ?? 0;
  return count * width;
}
