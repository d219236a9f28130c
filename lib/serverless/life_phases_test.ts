import { deepEqual, equal } from "#assert";
import {
  asleepSeconds,
  lifePhases,
  poolMemberPhases,
  servedUntilSeconds,
  upSeconds,
} from "./life_phases.ts";
import type { InstanceLife } from "./lifecycle.ts";

const LIFE: InstanceLife = {
  instanceId: 0,
  functionId: 0,
  createdAtSeconds: 10,
  readyAtSeconds: 15,
  drainingAtSeconds: 40,
  stoppedAtSeconds: 47,
};

const phases = (life: InstanceLife) =>
  lifePhases(life).map((span) => [span.phase, span.startAtSeconds, span.endAtSeconds]);

Deno.test("an instance starts, is ready, drains", () => {
  deepEqual(phases(LIFE), [["starting", 10, 15], ["ready", 15, 40], ["draining", 40, 47]]);
  deepEqual([upSeconds(LIFE), asleepSeconds(LIFE)], [32, 0]);
});

Deno.test("one that is up at the end of the run is ready until then", () => {
  deepEqual(phases({ ...LIFE, drainingAtSeconds: NaN }).at(-1), ["ready", 15, 47]);
});

Deno.test("one that goes to sleep ends its service there", () => {
  const asleep = { ...LIFE, asleepAtSeconds: 40 };
  deepEqual(phases(asleep), [["starting", 10, 15], ["ready", 15, 40], ["asleep", 40, 47]]);
  deepEqual([servedUntilSeconds(asleep), upSeconds(asleep), asleepSeconds(asleep)], [40, 25, 7]);
});

Deno.test("a start that is given up is one until its end; a waking one may sleep again", () => {
  const givenUp = { ...LIFE, readyAtSeconds: NaN, drainingAtSeconds: NaN };
  deepEqual(phases(givenUp), [["starting", 10, 47]]);
  equal(upSeconds(givenUp), 0);
  deepEqual(phases({ ...givenUp, madeOf: "sleeper", asleepAtSeconds: 12 }), [
    ["waking", 10, 12],
    ["asleep", 12, 47],
  ]);
});

Deno.test("a pool's member warms and waits; one that never was ready only warms", () => {
  const member = {
    memberId: -1,
    functionId: 0,
    instanceId: -1,
    createdAtSeconds: 0,
    readyAtSeconds: 3,
    endAtSeconds: 9,
  };
  const names = (readyAtSeconds: number) =>
    poolMemberPhases({ ...member, readyAtSeconds }).map(({ phase }) => phase);
  deepEqual([names(3), names(NaN), names(0)], [["warming", "pooled"], ["warming"], ["pooled"]]);
});
