import { match, ok } from "#assert";
import { replicatedFigures } from "../../experiment/replication_figures.ts";
import { madeUpBill, madeUpSummary } from "../../results/made_up_summary.ts";
import { showReplications } from "./show_replications.ts";

Deno.test("replications show each figure in the unit that it is declared with", () => {
  const summary = madeUpSummary({
    ttft_s: { mean: 0.1, p99: 0.25, max: 1 },
    cost: madeUpBill({ total_usd: 12.5, busy_share: 0.66 }),
    qps_per_usd: 0.3,
    mfu: 0.42,
    output_tokens_per_s: 1234,
    instance_seconds: 3000,
    faults: null,
  });
  const twice = [0, 1].map((replication) => ({ replication, summary }));
  const lines = showReplications(replicatedFigures(twice), 2);
  const line = (name: string) => lines.find((one) => one.startsWith(`${name} `))!;
  match(line("ttft_p99_s"), / 250 ms /);
  match(line("cost_total_usd"), / \$12\.50 /);
  match(line("cost_busy_share"), / 66\.0 % /);
  match(line("qps_per_usd"), / 0\.300 requests\/s per USD /);
  ok(!line("qps_per_usd").includes("$"));
  match(line("mfu"), / 42\.0 % /);
  match(line("output_tokens_per_s"), / 1,234 tokens\/s /);
  match(line("instance_seconds"), / 3,000 +3,000 to 3,000 /);
  ok(!lines.some((one) => one.startsWith("faults")));
});
