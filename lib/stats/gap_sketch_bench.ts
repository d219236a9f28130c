import { GapSketch } from "./gap_sketch.ts";

const RUNS = 1_000_000;

function bench(name: string, add: (sketch: GapSketch, run: number) => void): void {
  const sketch = new GapSketch();
  Deno.bench(`GapSketch: 1M ${name}`, () => {
    for (let run = 0; run < RUNS; run++) add(sketch, run);
  });
}

bench("add() calls", (sketch, run) => sketch.add(0.01 + run * 1e-8, 32));
bench("runs within a bucket or two", (sketch, run) => {
  const firstStepSeconds = 0.01 + run * 1e-8;
  sketch.addRun({ firstStepSeconds, incrementSeconds: 2e-9, steps: 12 }, 32);
});
bench("runs over about ten buckets", (sketch, run) => {
  const firstStepSeconds = 0.01 + run * 1e-8;
  sketch.addRun({ firstStepSeconds, incrementSeconds: 1e-5, steps: 100 }, 32);
});
