import { deepEqual, equal, throws } from "#assert";
import { loadConfig } from "./load.ts";

Deno.test("simulation.replications is a number or a precision, warmup_duration a time or mser5", () => {
  const read = (text: string) => loadConfig(`simulation: { ${text} }`).simulation;
  equal(read("replications: 3").replications, 3);
  deepEqual(read("replications: { until: 2%, of: ttft_s.p99, most: 50 }").replications, {
    until: 0.02,
    of: "ttft_s.p99",
    most: 50,
    least: 10,
  });
  deepEqual(read("replications: { until: 0.1, of: goodput_rps, most: 4 }").replications, {
    until: 0.1,
    of: "goodput_rps",
    most: 4,
    least: 4,
  });
  equal(read("warmup_duration: 2 min").warmup_duration, 120);
  equal(read("warmup: MSER5").warmup_duration, "mser5");
  for (
    const wrong of [
      ...["{ of: a }", "{ until: 5% }", "{ until: 0, of: a }", "{ until: 101%, of: a }"],
      ...["{ until: 5%, of: '' }", "{ until: 5%, of: a, most: 1 }", "{ until: 5%, of: 3 }"],
      ...["{ until: 5%, of: a, least: 9, most: 8 }", "{ until: 5%, of: a, other: 1 }", "0", "1.5"],
    ]
  ) {
    throws(
      () => read(`replications: ${wrong}`),
      /Cannot read "simulation\.replications" as/,
      wrong,
    );
  }
  for (
    const [wrong, hint] of [
      [
        "{ until: 2%, off: a, zzz: 1 }",
        '; unknown key "off": did you mean "of"?; unknown key "zzz"',
      ],
      ["{ until: 2% }", '; "of" is missing'],
      ["{ until: 0, of: a }", '; "until" is no share above 0, up to 1'],
      ["{ until: 2%, of: 3 }", '; "of" is no path of a figure'],
      ["{ until: 2%, of: a, most: 1 }", '; "most" is no whole number from 2 to 10000'],
      ["{ until: 2%, of: a, most: 5, least: 9 }", '; "least" is above "most"'],
    ]
  ) {
    throws(
      () => read(`replications: ${wrong}`),
      (error: Error) => error.message.endsWith(`most: 50 })${hint}`),
      wrong,
    );
  }
  for (const wrong of ["mser", "-1", "true", "[1]"]) {
    throws(() => read(`warmup_duration: ${wrong}`), /Cannot read "simulation\.warmup_duration" as/);
  }
});
