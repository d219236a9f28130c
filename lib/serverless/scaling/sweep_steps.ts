import type { InstanceFacts, MeasuredStep } from "./policy.ts";

/** Lengths of prompts, and lengths and sizes of batches, that the sweep before a deployment measures. */
const PROMPTS = 16, LENGTHS = 6, BATCHES = 6;

/**
 * Steps of a sweep before the deployment: prompts of 16 lengths up to the budget of a step, and decode
 * batches of 6 sizes with contexts of 6 lengths, up to what fits.
 *
 * @source Dynamo, docs/planner/sla_planner.md (grids of 16 and 6 points); which points an aggregated
 *   engine is measured at is assumed
 */
export function sweepSteps(instance: InstanceFacts): MeasuredStep[] {
  const { maxTokensPerStep, maxSequences, kvCapacityTokens, maxModelTokens } = instance;
  const steps: MeasuredStep[] = [];
  for (let i = 1; i <= PROMPTS; i++) {
    const prefillTokens = Math.max(1, Math.round(maxTokensPerStep * i / PROMPTS));
    steps.push({
      seconds: instance.stepSeconds(prefillTokens, 0, 0),
      prefillSequences: 1,
      prefillTokens,
      decodeSequences: 0,
      decodeContextTokens: 0,
    });
  }
  for (let i = 1; i <= LENGTHS; i++) {
    const length = Math.max(1, Math.round(maxModelTokens * i / LENGTHS));
    const most = Math.max(1, Math.min(maxSequences, Math.trunc(kvCapacityTokens / length)));
    for (let j = 1; j <= BATCHES; j++) {
      const decodeSequences = Math.max(1, Math.round(most * j / BATCHES));
      const decodeContextTokens = decodeSequences * length;
      steps.push({
        seconds: instance.stepSeconds(0, decodeSequences, decodeContextTokens),
        prefillSequences: 0,
        prefillTokens: 0,
        decodeSequences,
        decodeContextTokens,
      });
    }
  }
  return steps;
}
