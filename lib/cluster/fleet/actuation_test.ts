import { deepEqual, equal } from "#assert";
import fc from "fast-check";
import { FROM_ZERO, runSmall, watching } from "../../../tests/support/small_cluster.ts";
import type { RunRecord } from "../../metrics/run_record.ts";
import { schedule } from "../../serverless/scaling/schedule.ts";
import { ScalingDecider } from "../../serverless/scaling/scaling_decider.ts";

const lives = ({ lives }: RunRecord) =>
  lives.map(({ createdAtSeconds, stoppedAtSeconds }) => [createdAtSeconds, stoppedAtSeconds]);

Deno.test("a timetable under an actuation delay is the timetable, that much later", () => {
  const counts = fc.array(fc.nat(4), { minLength: 1, maxLength: 12 });
  const delays = fc.constantFrom(0.25, 1, 2, 2.5, 7);
  fc.assert(fc.property(counts, delays, (list, delay) => {
    const entries = list.map((instances, i) => ({ fromSeconds: i, instances }));
    const run = (actuationDelaySeconds: number) => {
      const policy = schedule({ entries, periodSeconds: 1 });
      return lives(runSmall([[0, 1, 1]], {
        scaling: {
          minInstances: 0,
          maxInstances: 4,
          activation: "none",
          decider: new ScalingDecider(policy, { maxInstances: 4, actuationDelaySeconds }),
        },
        cluster: { stopAtSeconds: 40 },
      }));
    };
    // The first instance is there from the beginning.
    const later = run(0).map(([from, to], i) => [
      i === 0 ? from : from + delay,
      to < 40 ? to + delay : to,
    ]);
    deepEqual(run(delay), later.filter(([from]) => from < 40));
  }));
});

Deno.test("a decision that changes nothing does nothing later", () => {
  // None is wanted until 3 s, where the request starts one; the policy then wants that one.
  const { decider } = watching([0, 0, 1], 5);
  const run = runSmall([[2.5, 1, 1]], {
    scaling: { ...FROM_ZERO, decider },
    cluster: { horizonSeconds: 20 },
  });
  deepEqual(lives(run), [[2.5, 20]]);
  equal(run.columns.firstTokenAtSeconds[0], 5.5);
});

Deno.test("a decision does not take away what a request has asked for since", () => {
  // At 2 s none is wanted any more, from 7 s on; at 3 s the instance has been let go, at 4 s a request
  // has started another.
  const { decider } = watching([1, 0, 0, 0, 1], 5);
  const run = runSmall([[0, 1, 1], [4, 1, 10]], {
    scaling: { ...FROM_ZERO, initialInstances: 1, decider },
    keepAliveSeconds: 2,
  });
  deepEqual(lives(run), [[0, 3], [4, 16]]);
});

Deno.test("a decision does not start in place of what has been let go since", () => {
  // At 1 s one more is wanted, from 4 s on; at 3 s the first is let go.
  const { decider } = watching([2, 2, 1], 3);
  const run = runSmall([[0, 1, 1]], {
    scaling: { minInstances: 0, maxInstances: 4, decider },
    keepAliveSeconds: 2,
    cluster: { stopAtSeconds: 4.5 },
  });
  deepEqual(lives(run), [[0, 3], [4, 4.5]]);
});
