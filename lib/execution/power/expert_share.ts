import { parameterGroups } from "../../models/parameter_groups.ts";
import type { TransformerShape } from "../../models/transformer.ts";

/** Share of a model's arithmetic through its layers that is with routed experts, 0..1. */
export function expertShare(shape: TransformerShape): number {
  const { everyToken, experts } = parameterGroups(shape);
  let routed = 0;
  for (const { layers, perToken, parameters } of experts) routed += layers * perToken * parameters;
  return routed > 0 ? routed / (everyToken + routed) : 0;
}
