import { match, ok } from "#assert";
import type { ReplicatedFigure } from "../../experiment/replication_figures.ts";
import { showReplications } from "./show_replications.ts";

function figure(name: string, estimate: number): ReplicatedFigure {
  return {
    name,
    values: Float64Array.of(estimate, estimate),
    interval: { estimate, lower: estimate, upper: estimate, halfWidth: 0, level: 0.95 },
  };
}

Deno.test("replications show each figure in its unit", () => {
  const lines = showReplications([
    figure("ttft_p99_s", 0.25),
    figure("cost_total_usd", 12.5),
    figure("qps_per_usd", 0.3),
    figure("mfu", 0.42),
    figure("output_tokens_per_s", 1234),
  ], 2);
  const line = (name: string) => lines.find((one) => one.startsWith(`${name} `))!;
  match(line("ttft_p99_s"), / 250 ms /);
  match(line("cost_total_usd"), / \$12\.50 /);
  match(line("qps_per_usd"), / 0\.300 requests\/s per USD /);
  ok(!line("qps_per_usd").includes("$"));
  match(line("mfu"), / 42\.0 % /);
  match(line("output_tokens_per_s"), / 1,234 /);
});
