import type { Configuration } from "../configuration.ts";
import { type Problem, problem } from "./problem.ts";

/** Keys that a shape must have when any part of it is given. */
const SHAPE_KEYS = ["num_layers", "hidden_size", "num_attention_heads", "vocab_size"] as const;

/** What is wrong between the parts of a model's shape. */
export function checkModel({ model }: Configuration): Problem[] {
  if (SHAPE_KEYS.every((key) => model[key] === null)) return [];
  const problems = SHAPE_KEYS.filter((key) => model[key] === null).map((key) =>
    problem(`model.${key}`, "a part of the model's shape", null, "whole, >= 1")
  );
  const { hidden_size, num_attention_heads: heads, num_kv_heads, head_dim } = model;
  if (heads !== null && num_kv_heads !== null && heads % num_kv_heads !== 0) {
    const allowed = `a divisor of num_attention_heads, which is ${heads}`;
    problems.push(problem("model.num_kv_heads", "key-value heads", num_kv_heads, allowed));
  }
  if (hidden_size !== null && heads !== null && head_dim === null && hidden_size % heads !== 0) {
    const allowed = `a divisor of hidden_size, which is ${hidden_size}, or head_dim given`;
    problems.push(problem("model.num_attention_heads", "query heads", heads, allowed));
  }
  if ((model.num_experts === null) !== (model.num_experts_per_token === null)) {
    const key = model.num_experts === null ? "num_experts" : "num_experts_per_token";
    problems.push(problem(`model.${key}`, "a part of the experts' shape", null, "whole, >= 1"));
  }
  const { num_experts: experts, num_experts_per_token: chosen } = model;
  if (experts !== null && chosen !== null && chosen > experts) {
    const allowed = `<= num_experts, which is ${experts}`;
    problems.push(problem("model.num_experts_per_token", "experts of a token", chosen, allowed));
  }
  return problems;
}
