import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import {
  count,
  fromTable,
  keyOf,
  namesOf,
  optionsFrom,
  placedSettings,
  type Policy,
  policyNamed,
  type PolicyTable,
  quantity,
  withDefaults,
} from "./mod.ts";

type Made = Readonly<Record<string, unknown>>;

const shared = quantity("seconds", { above: 0, default: 9, describe: "Shared." });

const first: Policy<"first-one", { readonly waitSeconds: number }, number, Made> = {
  name: "first-one",
  aliases: ["one"],
  describe: "The first.",
  settings: { waitSeconds: shared },
  create: (options, needs) => ({ ...options, needs }),
};

type SecondOptions = {
  readonly waitSeconds: number;
  readonly most: number | null;
  readonly steps: readonly { readonly fromSeconds: number }[];
};

const second: Policy<"second", SecondOptions, number, Made> = {
  name: "second",
  describe: "The second.",
  section: null,
  settings: {
    waitSeconds: shared,
    most: count({ key: "max", min: 1, default: null, describe: "Most." }),
    steps: {
      kind: "list",
      description: "Steps.",
      itemDescription: "A step.",
      item: { fromSeconds: quantity("seconds", { min: 0, default: 0, describe: "Begin." }) },
    },
  },
  create: (options, needs) => ({ ...options, needs }),
};

const TABLE = { wanted: "a policy", entries: [first, second] } as const satisfies PolicyTable;

Deno.test("fromTable() makes a policy with what is given over what is declared", () => {
  deepStrictEqual(fromTable(TABLE, "first-one", {}, 5), { waitSeconds: 9, needs: 5 });
  deepStrictEqual(fromTable(TABLE, "second", { most: 3 }, 5), {
    waitSeconds: 9,
    most: 3,
    steps: [],
    needs: 5,
  });
});

Deno.test("a name is found by its aliases, and a misspelt one has the nearest in its error", () => {
  deepStrictEqual(namesOf(TABLE), ["first-one", "second"]);
  strictEqual(policyNamed(TABLE, "one"), first);
  throws(() => policyNamed(TABLE, "secund"), {
    name: "RangeError",
    message:
      'Cannot use a policy as one of first-one, second (did you mean second?): current value is "secund"',
  });
  throws(() => policyNamed(TABLE, "quite another"), {
    message: 'Cannot use a policy as one of first-one, second: current value is "quite another"',
  });
});

Deno.test("withDefaults() refuses by name what is beyond the declared bounds, and no more", () => {
  const refused = (options: Partial<SecondOptions>) => {
    try {
      withDefaults(second.settings, options);
    } catch (error) {
      ok(error instanceof RangeError);
      return error.message;
    }
    return "";
  };
  const wait = "Cannot use waitSeconds as a number > 0: current value is";
  for (const waitSeconds of [0, -1, NaN]) {
    strictEqual(refused({ waitSeconds }), `${wait} ${waitSeconds}`);
  }
  // What a file may not say for the sake of slips, a program may.
  for (const waitSeconds of [1e-300, 1e12, Infinity]) strictEqual(refused({ waitSeconds }), "");
  strictEqual(
    refused({ most: 1.5 }),
    "Cannot use most as a whole number >= 1: current value is 1.5",
  );
  for (const most of [null, 1, Infinity]) strictEqual(refused({ most }), "");
});

Deno.test("keyOf() is the snake case of a name without its unit, unless a setting says another", () => {
  strictEqual(keyOf("scaleDownWindowSeconds", shared), "scale_down_window");
  strictEqual(keyOf("seconds", shared), "seconds");
  strictEqual(keyOf("most", second.settings.most), "max");
});

Deno.test("placedSettings() has each setting once, where its first policy has it", () => {
  const places = placedSettings(TABLE).map(({ section, key, readBy }) => [
    section,
    key,
    readBy.map(({ name }) => name),
  ]);
  deepStrictEqual(places, [
    ["first_one", "wait", ["first-one", "second"]],
    [null, "max", ["second"]],
    [null, "steps", ["second"]],
  ]);
  const other = { ...second, settings: { ...second.settings, again: { ...shared, key: "max" } } };
  throws(() => placedSettings({ wanted: "a policy", entries: [first, other] }), TypeError);
});

Deno.test("optionsFrom() reads a policy's options out of the section of its kind", () => {
  const values = { max: null, steps: [{ from: 3 }], first_one: { wait: 4 } };
  deepStrictEqual(optionsFrom(TABLE, second, values), {
    waitSeconds: 4,
    most: null,
    steps: [{ fromSeconds: 3 }],
  });
  deepStrictEqual(optionsFrom(TABLE, first, values), { waitSeconds: 4 });
});
