import { deepEqual, equal, match, throws } from "#assert";
import { ConfigError } from "./config_error.ts";
import { draftTokensByBatch } from "./draft_tokens.ts";
import { engineSettings } from "./engine_settings.ts";
import { loadConfig } from "./load.ts";

const given = (section: string, others = "") =>
  loadConfig([`speculative: { ${section} }`, ...(others === "" ? [] : [others])]);

const K3 = "num_speculative_tokens: 3";
const EAGLE = `method: eagle, ${K3}`;

/** What is set, other sections, and what the error says. */
const MISTAKES: readonly (readonly [string, string, RegExp])[] = [
  ["method: eagel, acceptance: [0.5]", "", /"eagel".*did you mean "eagle"/],
  ["method: ngram, num_speculative_tokens: 0, acceptance: [0.5]", "", /is 0 .*1 to 64/],
  ["method: ngram, num_speculative_tokens: 1000, acceptance: [0.5]", "", /is 1000 .*1 to 64/],
  ["method: ngram, acceptance: [0.5]", "", /num_speculative_tokens" .*is null/],
  [`${EAGLE}, acceptance: [1.2]`, "", /acceptance" .*1\.2.*each 0 to 1/],
  [`${EAGLE}, acceptance: [-0.1]`, "", /acceptance" .*-0\.1/],
  [`${EAGLE}, acceptance: []`, "", /acceptance" .*1 to 1000 numbers/],
  [`${EAGLE}, acceptance: [0.9, 0.8, 0.7, 0.6]`, "", /acceptance" .*at most 3/],
  [EAGLE, "", /is null .*exactly one of acceptance/],
  [`${EAGLE}, acceptance: [0.5], synthetic_acceptance_length: 2`, "", /exactly one of/],
  [`${EAGLE}, synthetic_acceptance_length: 4.5`, "", /is 4\.5 .*which is 4/],
  [`${EAGLE}, synthetic_acceptance_length: 0.5`, "", /is 0\.5 /],
  [`${EAGLE}, synthetic_acceptance_rates: [0.5, 0.6, 0.1]`, "", /none above the one before/],
  [`${EAGLE}, synthetic_acceptance_rates: [0.5, 0.4]`, "", /allowed: 3, one per drafted token/],
  [
    `${EAGLE}, acceptance: [0.5], num_speculative_tokens_per_batch_size: [[1, 4, 3], [4, 9, 1]]`,
    "",
    /each range behind the one before/,
  ],
  [
    `${EAGLE}, acceptance: [0.5], num_speculative_tokens_per_batch_size: [[1, 4, 5]]`,
    "",
    /is 5 .*which is 3/,
  ],
  [`method: draft-model, ${K3}, acceptance: [0.5]`, "", /draft\.model" .*is null/],
  [
    `method: ngram, ${K3}, acceptance: [0.5], draft: { model: qwen3-0.6b }`,
    "",
    /draft\.model" as a setting of "ngram": .*n-grams of the text before, and with no model/,
  ],
  [
    `${EAGLE}, acceptance: [0.5], draft: { pass_seconds: 0.001, base_seconds: 0.002 }`,
    "",
    /pass_seconds" .*0 where base_seconds/,
  ],
  [`${EAGLE}, acceptance: [0.5]`, "scheduler: { type: orca }", /what "orca" batching can verify/],
  [
    `method: ngram, ${K3}, acceptance: [0.5]`,
    "scheduler: { async_scheduling: true }",
    /async_scheduling" .*made on the host/,
  ],
  [
    `method: ngram, ${K3}, acceptance: [0.5]`,
    "parallelization: { pipeline_parallel_size: 2 }",
    /pipeline_parallel_size" .*speculative\.method eagle/,
  ],
];

for (const [section, others, said] of MISTAKES) {
  Deno.test(`speculative: { ${section} } ${others}is refused`, () => {
    let message = "";
    throws(() => given(section, others), (error: unknown) => {
      message = (error as Error).message;
      return error instanceof ConfigError;
    });
    match(message, said);
  });
}

Deno.test("drafted tokens go by the batch: beyond a range as within it, as in vLLM", () => {
  const { speculative } = given(
    `${EAGLE}, acceptance: [0.5], num_speculative_tokens_per_batch_size: [[1, 4, 3], [9, 12, 1]]`,
  );
  const of = draftTokensByBatch(speculative) as (sequences: number) => number;
  deepEqual([1, 4, 5, 8, 9, 12, 13, 500].map(of), [3, 3, 3, 3, 1, 1, 1, 1]);
});

Deno.test("drafts of n-grams keep an engine from forming steps ahead, others do not", () => {
  const of = (section: string) => engineSettings(given(section)).asyncScheduling;
  equal(of(`method: ngram, ${K3}, acceptance: [0.5]`), false);
  equal(of(`${EAGLE}, acceptance: [0.5]`), true);
  equal(engineSettings(loadConfig([])).asyncScheduling, true);
});
