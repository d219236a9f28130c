import { methodFacts } from "../../execution/speculation/methods/methods.ts";
import { BATCHING_STRATEGIES } from "../../scheduling/batching/strategies.ts";
import type { BatchingEntry } from "../../scheduling/batching/strategy.ts";
import type { Configuration } from "../configuration.ts";
import { draftTokensOf } from "../draft_tokens.ts";
import { type Problem, problem } from "./problem.ts";

/** Settings of which one says how much is accepted. */
const ACCEPTANCES = [
  "acceptance",
  "synthetic_acceptance_rates",
  "synthetic_acceptance_length",
] as const;

/** What is wrong with drafting and verifying tokens. */
export function checkSpeculation(configuration: Configuration): Problem[] {
  if (configuration.speculative.method === "none") return [];
  return [checkMethod, checkDrafted, checkAcceptance].flatMap((check) => check(configuration));
}

/** What the method contradicts outside the section. */
function checkMethod({ speculative, scheduler, parallelization }: Configuration): Problem[] {
  const { method, draft } = speculative;
  const problems: Problem[] = [];
  const strategies: readonly BatchingEntry<string, unknown>[] = BATCHING_STRATEGIES.entries;
  if (!strategies.some(({ name, canSpeculate }) => name === scheduler.type && canSpeculate)) {
    const able = strategies.filter(({ canSpeculate }) => canSpeculate).map(({ name }) => name);
    problems.push(problem(
      "speculative.method",
      `what "${scheduler.type}" batching can verify`,
      method,
      `none, or scheduler.type ${able.join(", ")}`,
    ));
  }
  const facts = methodFacts(method);
  const { pipeline_parallel_size: stages } = parallelization;
  if (stages > 1 && facts?.spansStages !== true) {
    const allowed = `1, or speculative.method eagle: vLLM drafts with no other over several stages`;
    const path = "parallelization.pipeline_parallel_size";
    problems.push(problem(path, `pipeline stages under "${method}"`, stages, allowed));
  }
  if (scheduler.async_scheduling === true && facts?.needsTokensOnHost) {
    const path = "scheduler.async_scheduling";
    const allowed = "false or null: vLLM forms no step ahead of drafts that are made on the host";
    problems.push(problem(path, `how steps are formed under "${method}"`, true, allowed));
  }
  if (facts?.needsModel && (draft.model === null) === (draft.hf_config === null)) {
    const allowed = "a name in data/models, or draft.hf_config in its place";
    problems.push(
      problem("speculative.draft.model", "the model that drafts", draft.model, allowed),
    );
  }
  for (const key of ["model", "hf_config"] as const) {
    if (facts?.draftsWith === undefined || draft[key] === null) continue;
    const path = `speculative.draft.${key}`;
    const allowed = `null: it drafts with ${facts.draftsWith}, and with no model of its own`;
    problems.push(problem(path, `a setting of "${method}"`, draft[key], allowed));
  }
  return problems;
}

/** What is wrong with how many tokens are drafted. */
function checkDrafted(config: Configuration): Problem[] {
  const { method, num_speculative_tokens_per_batch_size: ranges } = config.speculative;
  const most = draftTokensOf(config.speculative);
  if (most === null) {
    const path = "speculative.num_speculative_tokens";
    return [problem(path, `the tokens that "${method}" drafts`, null, "whole, >= 1")];
  }
  const { data_parallel_attention: ranks } = config.parallelization;
  if (ranges !== null && ranks > 1) {
    const path = "speculative.num_speculative_tokens_per_batch_size";
    const allowed = `null: vLLM ignores it where ranks step together, here ${ranks}`;
    return [problem(path, "tokens drafted by batch size", JSON.stringify(ranges), allowed)];
  }
  const beyond = ranges?.find(([, , tokens]) => tokens > most);
  if (beyond === undefined) return [];
  const path = "speculative.num_speculative_tokens_per_batch_size";
  const allowed = `<= num_speculative_tokens, which is ${most}`;
  return [problem(path, "tokens drafted by batch size", beyond[2], allowed)];
}

/** What is wrong with how much is accepted. */
function checkAcceptance({ speculative }: Configuration): Problem[] {
  const given = ACCEPTANCES.filter((key) => speculative[key] !== null);
  if (given.length !== 1) {
    const allowed = `exactly one of ${ACCEPTANCES.join(", ")}`;
    const path = `speculative.${given[1] ?? ACCEPTANCES[0]}`;
    const value = given.length === 0 ? null : speculative[given[1]];
    return [problem(path, "how many drafted tokens are accepted", value, allowed)];
  }
  const drafted = draftTokensOf(speculative);
  if (drafted === null) return [];
  const { synthetic_acceptance_length: length, synthetic_acceptance_rates: rates } = speculative;
  const { acceptance } = speculative;
  if (acceptance !== null && acceptance.length > drafted) {
    const allowed = `at most ${drafted}, one per drafted token`;
    return [
      problem("speculative.acceptance", "shares by position", acceptance.join(", "), allowed),
    ];
  }
  if (length !== null && length > drafted + 1) {
    const path = "speculative.synthetic_acceptance_length";
    const allowed = `1 to num_speculative_tokens + 1, which is ${drafted + 1}`;
    return [problem(path, "mean tokens of a step", length, allowed)];
  }
  const rises = rates?.some((rate, i) => i > 0 && rate > rates[i - 1]) === true;
  if (rates !== null && (rises || rates.length !== drafted)) {
    const path = "speculative.synthetic_acceptance_rates";
    const allowed = `${drafted}, one per drafted token, none above the one before`;
    return [problem(path, "rates by position", rates.join(", "), allowed)];
  }
  return [];
}
