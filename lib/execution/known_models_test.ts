import { equal, notEqual } from "#assert";
import { constantTime } from "./constant_time.ts";
import { knownModel } from "./known_models.ts";

let made = 0;
const model = (options: object, source = "test") =>
  knownModel(source, options, () => {
    made++;
    return constantTime(1);
  });

Deno.test("knownModel() makes one model for equal options, and another for each other ones", () => {
  made = 0;
  const first = model({ ranks: 2, window: Infinity });
  equal(model({ ranks: 2, window: Infinity }), first);
  equal(made, 1);
  // JSON alone would not tell the first two of these apart from it.
  for (const window of [null, -Infinity, 5]) {
    notEqual(model({ ranks: 2, window }), first);
  }
  notEqual(model({ ranks: 2, window: Infinity }, "another"), first);
  equal(made, 5);
});

Deno.test("knownModel() keeps the few that were used last", () => {
  made = 0;
  const first = model({ id: 0 });
  for (let id = 1; id <= 7; id++) model({ id });
  equal(model({ id: 0 }), first);
  model({ id: 8 });
  equal(model({ id: 0 }), first);
  equal(made, 9);
  model({ id: 1 });
  equal(made, 10);
});
