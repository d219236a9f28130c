import { deepEqual, equal, match, ok, throws } from "#assert";
import fc from "fast-check";
import { pageProgram } from "../page_program.ts";
import { readConditions } from "./conditions.ts";
import { figureText, secondsText } from "./figure_text.ts";
import { percentilePoints } from "./percentiles.ts";
import { tellStory } from "./tell_story.ts";

const column = (values: readonly number[], texts?: readonly string[]) => ({
  values: Float64Array.from(values),
  ...(texts && { texts }),
});

const COLUMNS = new Map([
  ["ttft_s", column([0.5, 2.5, NaN])],
  ["outcome", column([0, 0, 1], ["completed", "timed_out"])],
  ["prompt_tokens", column([10, 20, 30])],
]);

const rowsWith = (text: string) => {
  const isAsked = readConditions(text, COLUMNS);
  return [0, 1, 2].filter(isAsked);
};

Deno.test("readConditions() takes several conditions, all of which hold", () => {
  deepEqual(rowsWith(""), [0, 1, 2]);
  deepEqual(rowsWith("ttft_s>2"), [1]);
  deepEqual(rowsWith("ttft_s <= 0.5 and outcome=completed"), [0]);
  deepEqual(rowsWith('outcome!="completed", prompt_tokens>=30'), [2]);
});

Deno.test("readConditions() says what is wrong with one", () => {
  throws(() => rowsWith("ttft>2"), /no column ttft, but ttft_s/);
  throws(() => rowsWith("ttft_s>fast"), /is a number, "fast" is none/);
  throws(() => rowsWith("outcome>completed"), /compare it with = or !=/);
  throws(() => rowsWith("outcome=complete"), /No outcome is "complete", but completed, timed_out/);
  throws(() => rowsWith("slow ones"), /Write conditions such as/);
});

Deno.test("percentilePoints() rise to the largest value, and are the quantiles of what arrives in a time", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 200 }),
    (seconds) => {
      const columns = new Map(["ttft_s", "tpot_s", "e2e_s"].map((name) => [name, column(seconds)]));
      columns.set("arrival_s", column(seconds.map((_, i) => i)));
      const last = seconds.length - 1;
      const points = percentilePoints(columns, [0, last]).filter(({ series }) => series === "E2E");
      equal(points.at(-1)!.seconds, Math.max(...seconds));
      ok(points.every(({ seconds }, i) => i === 0 || seconds >= points[i - 1].seconds));
      for (const { nines, seconds: found } of points) {
        const below = seconds.filter((value) => value < found).length / seconds.length;
        ok(below <= 1 - 10 ** -nines + 1e-9);
      }
      const first = percentilePoints(columns, [0, 0]).filter(({ series }) => series === "TTFT");
      ok(first.every((point) => point.seconds === seconds[0]));
    },
  ));
});

Deno.test("figures of requests are read with their unit", () => {
  deepEqual([0, 0.01234, 0.9999, 12.345].map(secondsText), ["0 s", "12.3 ms", "1 s", "12.3 s"]);
  equal(figureText("arrival_s", 3600.25), "3600.3 s");
  equal(figureText("tpot_s", NaN), "–");
  equal(figureText("preemptions", 2), "2");
});

Deno.test("tellStory() says what a request waited for, and how it ended", () => {
  const columns = new Map([
    ["id", column([7])],
    ["outcome", column([0], ["timed_out"])],
    ["instance", column([3])],
    ["arrival_s", column([312.44])],
    ["prompt_tokens", column([14027])],
    ["output_tokens", column([20])],
    ["ttft_s", column([12.6])],
    ["e2e_s", column([15])],
    ["scheduling_delay_s", column([12])],
    ["cold_start_wait_s", column([11.2])],
    ["preemptions", column([1])],
    ["wait:weights_load", column([8.3])],
    ["wait:register", column([0.001])],
  ]);
  equal(
    tellStory(columns, 0),
    "arrived 312.4 s; waited 11.2 s for instance 3 to start (weights_load 8.3 s); queued 800 ms; " +
      "prompt of 14027 tokens in 600 ms; preempted once; 20 tokens, TTFT 12.6 s, E2E 15 s; timed out",
  );
});

Deno.test("the page's program is one script without types, imports and exports", () => {
  const text = pageProgram();
  new Function(text);
  ok(!/^(import|export)\b/m.test(text));
  match(text, /startPage\(\);\n\}\)\(\);\n$/);
});
