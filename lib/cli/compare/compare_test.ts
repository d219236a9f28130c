import { deepEqual, equal, ok } from "#assert";
import { exists } from "../../results/exists.ts";
import { main } from "../main.ts";
import { withFiles } from "../testing_command_line.ts";

const FILES = {
  "a.yaml": `
simulation: { replications: 2 }
execution: { source: constant, step_seconds: 10 ms }
scaling: { enabled: false }
workload: { type: poisson, arrival_rate: 5, num_requests: 60 }
`,
};

async function run(args: readonly string[]) {
  const out: string[] = [], err: string[] = [];
  const code = await main(args, (line) => out.push(line), (line) => err.push(line));
  return { code, out, err };
}

Deno.test("results are compared by settings and figures, in pairs where the seeds are the same", async () => {
  await withFiles(FILES, async (folder) => {
    const simulate = (name: string, ...set: string[]) =>
      run([
        ...["simulate", `${folder}/a.yaml`, "--out", `${folder}/${name}`, "--quiet"],
        ...set.flatMap((one) => ["--set", one]),
      ]);
    await simulate("a");
    await simulate("b", "execution.step_seconds=0.02");
    await simulate("c", "simulation.random_seed=7");
    await simulate("d", "simulation.replications=1");
    const dirs = ["a", "b", "c", "d"].map((name) => `${folder}/${name}`);
    const { code, out } = await run(["compare", ...dirs, "--json", "--out", `${folder}/figures`]);
    equal(code, 0);
    const [b, c, d] = JSON.parse(out.join("\n"));
    deepEqual(b.settings, [{ path: "execution.step_seconds", before: 0.01, after: 0.02 }]);
    const tpot = (of: { figures: { path: string }[] }) =>
      of.figures.find(({ path }) => path === "tpot_s.p50") as unknown as {
        difference: { estimate: number; halfWidth: number | null };
        isPaired: boolean;
      };
    ok(tpot(b).isPaired && Math.abs(tpot(b).difference.estimate - 0.01) < 1e-9);
    ok(!tpot(c).isPaired && tpot(c).difference.halfWidth !== null);
    equal(tpot(d).difference.halfWidth, null);
    ok(exists(`${folder}/figures/ttft_cdf.svg`));
    const printed = await run(["compare", dirs[0], dirs[1]]);
    ok(printed.out[0].includes("2 pairs of runs"), printed.out[0]);
    ok(printed.out.some((line) => /^tpot_s\.p50 .*\*$/.test(line)));
    for (const args of [[dirs[0]], [dirs[0], folder], [dirs[0], `${folder}/no`]]) {
      const wrong = await run(["compare", ...args]);
      deepEqual([wrong.code, wrong.err.length], [2, 1]);
    }
  });
});
