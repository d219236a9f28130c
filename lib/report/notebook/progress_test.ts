import { deepEqual, equal, match } from "#assert";
import type { MediaBundle } from "../../std/display.ts";
import { beginProgress, GONE } from "./progress.ts";

/** An output that keeps what was drawn, and a clock that a test moves. */
function stage() {
  const drawn: [string, MediaBundle][] = [];
  const clock = { ms: 0 };
  const output = {
    begin: (bundle: MediaBundle) => drawn.push(["begin", bundle]),
    update: (bundle: MediaBundle) => drawn.push(["update", bundle]),
  };
  return { drawn, clock, options: { output, nowMs: () => clock.ms } };
}

Deno.test("progress is one output that is drawn anew, says what is left, and is gone at the end", () => {
  const { drawn, clock, options } = stage();
  const progress = beginProgress("sweep", options);
  for (let step = 0; step <= 100; step++) {
    clock.ms = step * 100;
    progress.update(step / 100, `${step} of 100 runs`);
  }
  progress.end();
  deepEqual(new Set(drawn.slice(1).map(([kind]) => kind)), new Set(["update"]));
  equal(drawn[0][0], "begin");
  match(String(drawn[0][1]["text/plain"]), /^\[==.* \] sweep: 7 %, 7 of 100 runs, 9 s left$/);
  match(String(drawn[0][1]["text/html"]), /<progress value="0\.070" max="1">/);
  equal(drawn.at(-1)![1], GONE);
  equal(drawn.length <= 42, true, `${drawn.length} drawings in ten seconds`);
});

Deno.test("what is over in a moment, or was there before, draws nothing wrong", () => {
  const { drawn, clock, options } = stage();
  const quick = beginProgress("simulating", options);
  clock.ms = 300;
  quick.update(0.9, "");
  quick.end();
  deepEqual(drawn, []);
  // Half was kept from before: it says nothing of how long the rest takes.
  const resumed = beginProgress("sweep", options);
  resumed.update(0.5, "");
  clock.ms += 1000;
  resumed.update(0.6, "x");
  match(String(drawn[0][1]["text/plain"]), /60 %, x, 4 s left/);
});
