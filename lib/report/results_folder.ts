/** Environment variable that names the folder of the experiments' results, as `pipeline --out` does. */
export const RESULTS_VARIABLE = "SIMFAAS_RESULTS";

/** The folder of the experiments' results: that of the environment, or results/experiments. */
export function resultsFolder(): string {
  const usual = new URL("../../results/experiments", import.meta.url);
  return Deno.env.get(RESULTS_VARIABLE) ?? decodeURIComponent(usual.pathname);
}
