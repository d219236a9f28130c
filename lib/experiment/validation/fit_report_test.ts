import { deepEqual, equal, ok } from "#assert";
import { calibrationEntries } from "../../execution/calibrated/mod.ts";
import { fitReport } from "./fit_report.ts";
import { readMeasuredSteps } from "./measured_steps.ts";
import { stepSourceReport } from "./source_report.ts";
import type { PointRow, Validation } from "./validate.ts";

const latencies = { ttftSeconds: 1, tpotSeconds: 1, e2eSeconds: 1 };

function row(errors: readonly [number, number, number], more: Partial<PointRow> = {}): PointRow {
  const [ttft, tpot, e2e] = errors;
  return {
    label: "a point",
    model: "llama-3.1-8b",
    gpu: "h100-sxm",
    tensorParallel: 1,
    tuning: "calibrated",
    measured: latencies,
    predicted: latencies,
    errors: { ttft, tpot, e2e },
    overload: { measured: false, predicted: false },
    ...more,
  };
}

const VALIDATION: Validation = {
  runs: [],
  load: [
    row([0.1, -0.2, 0.3]),
    row([0.3, 0.2, 0.1]),
    row([9, 9, 9], { tuning: "untuned" }),
    row([9, 9, 9], { overload: { measured: true, predicted: true } }),
    row([0.5, 0.5, 0.5], { gpu: "l40s" }),
  ],
  concurrency: [
    row([0.4, 0.2, NaN], { generator: "aiconfigurator", overload: undefined }),
    row([0.6, 0.1, NaN], { generator: "inferencemax", overload: undefined }),
  ],
};

Deno.test("fitReport() keeps what constants have seen apart from what they have not", () => {
  const rows = new Map(fitReport(VALIDATION).map((one) => [one.term, one]));
  const near = (term: string, error: number, points: number) => {
    const found = rows.get(term)!.inFit!;
    ok(Math.abs(found.error - error) < 1e-12, `${term}: ${found.error}`);
    equal(found.points, points);
  };
  near("TTFT of load points, hopper", 0.2, 2);
  near("TPOT of load points, hopper", 0.2, 2);
  near("TTFT of load points, ada", 0.5, 1);
  const hopper = calibrationEntries().find(({ family }) => family === "hopper")!;
  const held = rows.get("TPOT of load points, hopper")!.neverFitted!;
  equal(held.points, hopper.leaveOneModelOut.reduce((sum, { points }) => sum + points, 0));
  ok(held.error > Math.min(...hopper.leaveOneModelOut.map(({ tpot }) => tpot)));
  ok(held.error < Math.max(...hopper.leaveOneModelOut.map(({ tpot }) => tpot)));
  // Of one model nothing can be left out, times to first token are in no fit of closed loops, and
  // the constants of other points are no fit either.
  equal(rows.get("TPOT of load points, ada")!.neverFitted, undefined);
  equal(rows.get("TTFT of concurrency points by aiconfigurator")!.inFit, undefined);
  near("TPOT of concurrency points by aiconfigurator", 0.2, 1);
  const other = rows.get("TPOT of concurrency points by inferencemax")!;
  deepEqual([other.inFit, other.neverFitted], [undefined, { error: 0.1, points: 1 }]);
});

Deno.test("readMeasuredSteps() takes whole steps in graphs, and each source times them", () => {
  const steps = readMeasuredSteps({
    decodes: "batch,context_sum,longest,how,attention,without,gpu_ms\n" +
      "4,4096,1024,graph,triton,,4.65\n4,4096,1024,graph,triton,head,4.2\n" +
      "4,4096,1024,eager,triton,,12.3\n64,131072,16384,graph,fa2,,14\n",
    unequal: "path,batch,mean,case,sum,longest,gpu_ms\nfixed,8,1024,equal,8192,1024,4.8\n" +
      "even528,8,1024,ln0.5,8187,1861,4.84\n",
    prompts: "chunks,how,attention,gpu_ms\n128+0,graph,fa2,5.4\n128+0,graph,cudnn,5.2\n" +
      "128+0,eager,fa2,14\n2048+2048,graph,fa2,57\n",
  });
  const microseconds = (seconds: number) => Math.round(1e6 * seconds);
  deepEqual(steps.map(({ term, seconds, kernel }) => [term, microseconds(seconds), kernel]), [
    ["equal contexts", 4650, "triton-split"],
    ["unequal contexts", 14_000, "flash-attention-2"],
    ["unequal contexts", 4840, "flashinfer"],
    ["prompts", 5200, undefined],
    ["prompts after a past", 57_000, undefined],
  ]);
  for (const { term, steps: count, analytical, profiled } of stepSourceReport(steps)) {
    equal(count, term === "unequal contexts" ? 2 : 1);
    ok(analytical < 0.5 && profiled < 0.5, `${term}: ${analytical}, ${profiled}`);
  }
});
