import { match, ok } from "#assert";
import { replicatedFigures } from "../../experiment/replication_figures.ts";
import { madeUpBill, madeUpSummary } from "../../results/made_up_summary.ts";
import { showReplications } from "./show_replications.ts";

Deno.test("replications show each figure in the unit that it is declared with", () => {
  // The second one has 2 % more of everything than the first.
  const twice = [0, 1].map((replication) => {
    const times = (value: number) => value * (0.99 + 0.02 * replication);
    const summary = madeUpSummary({
      ttft_s: { mean: times(0.1), p99: times(0.25), max: times(1) },
      cost: madeUpBill({ total_usd: times(12.5), busy_share: times(0.66) }),
      qps_per_usd: times(0.3),
      mfu: times(0.42),
      output_tokens_per_s: times(1234),
      instance_seconds: times(3000),
      preemptions: 7,
      faults: null,
    });
    return { replication, summary };
  });
  const lines = showReplications(replicatedFigures(twice), 2);
  const line = (name: string) => lines.find((one) => one.startsWith(`${name} `))!;
  match(line("ttft_p99_s"), / 250 ms /);
  match(line("cost_total_usd"), / \$12\.50 /);
  match(line("cost_busy_share"), / 66\.0 % /);
  match(line("qps_per_usd"), / 0\.300 requests\/s per USD /);
  ok(!line("qps_per_usd").includes("$"));
  match(line("mfu"), / 42\.0 % /);
  match(line("output_tokens_per_s"), / 1,234 tokens\/s /);
  match(line("instance_seconds"), / 3,000 .* 2,970 to 3,030$/);
  ok(!lines.some((one) => one.startsWith("faults") || one.startsWith("preemptions")));
  match(lines.at(-1)!, /^\d+ more figures are the same in every replication$/);
  // As the summary has them.
  ok(lines.indexOf(line("ttft_p99_s")) < lines.indexOf(line("mfu")));
});
