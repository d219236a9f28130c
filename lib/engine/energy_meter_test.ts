import { ok } from "#assert";
import { smallCluster } from "../../tests/support/small_cluster.ts";
import { emptyTotals } from "../metrics/meter_totals.ts";
import { requestColumns } from "../metrics/recorder.ts";
import { GapSketch } from "../stats/gap_sketch.ts";
import { Clock } from "./clock.ts";
import { Engine } from "./engine.ts";

/** Steps of 1 s that take 60 W whatever they do, of which 20 W are idle. */
const POWER = {
  idleWatts: 20,
  limitWatts: 60,
  activeWatts: 100,
  joulesPerFlop: 0,
  joulesPerByte: 0,
  gapSeconds: 0,
  gapSecondsPerSequence: 0,
};

/** An engine in the middle of its work on one request of 5 output tokens. */
function engineAt() {
  const clock = new Clock();
  const { requests, functions: [{ engine: parts }] } = smallCluster([[0, 8, 5]], {
    engine: { power: POWER },
  });
  const columns = requestColumns(requests);
  const engine = new Engine(0, parts, {
    clock,
    columns,
    generated: new Int32Array(1),
    outputLimit: Int32Array.of(5),
    waitedFor: undefined,
    gaps: new GapSketch(),
  });
  engine.enqueue(0);
  engine.begin();
  const joules = (now: number) => {
    clock.now = now;
    const totals = emptyTotals();
    engine.readings.readMeter(now, totals);
    return totals;
  };
  return { engine, clock, joules };
}

const near = (a: number, b: number, what: string) =>
  ok(Math.abs(a - b) < 1e-9, `${what}: ${a} J, not ${b} J`);

Deno.test("energy is read in the middle of a step and of a leap as far as it has come", () => {
  const { engine, clock, joules } = engineAt();
  near(joules(0.25).stepJoules, 15, "a quarter of the prompt");
  near(joules(0.25).limitedSeconds, 0.25, "at the limit");
  clock.now = 1;
  engine.finish();
  engine.begin();
  near(joules(3.5).stepJoules, 210, "in the third step of the leap");
  near(joules(3.5).stepJoules, 210, "reading changes nothing");
  clock.now = 5;
  engine.finish();
  near(joules(9).stepJoules, 300, "nothing more once it is idle");
});

Deno.test("a step that is lost has drawn what it had come to", () => {
  const { engine, clock, joules } = engineAt();
  clock.now = 1;
  engine.finish();
  engine.begin();
  clock.now = 3.75;
  engine.evict(3.75, []);
  const { stepJoules, busySeconds } = joules(3.75);
  near(stepJoules, 225, "three steps and three quarters of one");
  near(busySeconds, 3.75, "its time");
});
