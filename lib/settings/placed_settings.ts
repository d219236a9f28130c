import { policyNamed } from "./from_table.ts";
import type { AnyPolicy, Declaration, MadeOf, NameOf, NeedsOf, PolicyTable } from "./policy.ts";

/** Where a policy's setting stands in a file, within the section of its kind. */
export interface PlacedSetting {
  /** Section within that of the kind; null: beside the policy's name. */
  readonly section: string | null;
  /** Its key there. */
  readonly key: string;
  /** What is declared of it. */
  readonly declared: Declaration;
  /** The policies that read it, in the table's order. */
  readonly readBy: readonly AnyPolicy[];
}

/** The section of a policy's settings; null: they stand beside its name. */
export function sectionOf({ name, section }: AnyPolicy): string | null {
  return section === undefined ? name.replaceAll("-", "_") : section;
}

/** The key of an option in files: "scaleDownWindowSeconds" is "scale_down_window". */
export function keyOf(name: string, declared: Declaration): string {
  if (declared.kind === "setting" && declared.key !== undefined) return declared.key;
  return name.replace(/(?!^)Seconds$/, "").replaceAll(
    /[A-Z]/g,
    (capital) => `_${capital.toLowerCase()}`,
  );
}

/** The keys of a policy's settings in files. */
export function settingKeys({ settings }: AnyPolicy): string[] {
  return Object.entries(settings).map(([name, declared]) => keyOf(name, declared));
}

const placed = new WeakMap<PolicyTable, readonly PlacedSetting[]>();

/**
 * Where each setting of a kind's policies stands, in the table's order. One that several policies
 * declare (the same object) stands where the first of them has it, and is read by all of them.
 *
 * @throws {TypeError} If two different settings have one place.
 */
export function placedSettings(table: PolicyTable): readonly PlacedSetting[] {
  const known = placed.get(table);
  if (known !== undefined) return known;
  const found = new Map<Declaration, PlacedSetting & { readonly readBy: AnyPolicy[] }>();
  const taken = new Set<string>();
  for (const policy of table.entries) {
    for (const [name, declared] of Object.entries(policy.settings)) {
      const shared = found.get(declared);
      if (shared !== undefined) {
        shared.readBy.push(policy);
        continue;
      }
      const place = { section: sectionOf(policy), key: keyOf(name, declared) };
      const path = `${place.section}.${place.key}`;
      if (taken.has(path)) {
        throw new TypeError(
          `Cannot use "${place.key}" of "${policy.name}" as a setting of its own: current value ` +
            `is that of another policy`,
        );
      }
      taken.add(path);
      found.set(declared, { ...place, declared, readBy: [policy] });
    }
  }
  placed.set(table, [...found.values()]);
  return placed.get(table)!;
}

const placesByTable = new WeakMap<PolicyTable, ReadonlyMap<Declaration, PlacedSetting>>();

/** Where each setting of a kind's policies stands, by what is declared of it. */
function placesOf(table: PolicyTable): ReadonlyMap<Declaration, PlacedSetting> {
  const known = placesByTable.get(table);
  if (known !== undefined) return known;
  const places = new Map(placedSettings(table).map((place) => [place.declared, place]));
  placesByTable.set(table, places);
  return places;
}

/**
 * A policy's options out of the section of its kind, by the options' names. What is null there and may
 * not be has its default.
 */
export function optionsFrom(
  table: PolicyTable,
  policy: AnyPolicy,
  values: object,
): Record<string, unknown> {
  const places = placesOf(table);
  return Object.fromEntries(
    Object.entries(policy.settings).map(([name, declared]) => {
      const { section, key } = places.get(declared)!;
      const all = values as Readonly<Record<string, unknown>>;
      const within = section === null ? all : all[section] as Readonly<Record<string, unknown>>;
      return [name, optionFrom(declared, within[key])];
    }),
  );
}

function optionFrom(declared: Declaration, value: unknown): unknown {
  switch (declared.kind) {
    case "setting":
      return value === null && !declared.nullable ? declared.defaultValue : value;
    case "group":
      return groupFrom(declared.settings, value);
    case "list":
      return (value as readonly unknown[]).map((item) => groupFrom(declared.item, item));
  }
}

/** The options of a group out of its section, by the options' names. */
function groupFrom(settings: object, section: unknown): Record<string, unknown> {
  const values = section as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries<Declaration>(settings as never).map((
      [name, inner],
    ) => [name, optionFrom(inner, values[keyOf(name, inner)])]),
  );
}

/**
 * A new policy by name with the options that the section of its kind has.
 *
 * @param values The section, as the kind's table makes it: every setting is there.
 * @param needs What policies of the kind are told beyond their settings.
 * @throws {RangeError} If options contradict each other.
 */
export function fromConfiguration<Table extends PolicyTable>(
  table: Table,
  name: NameOf<Table>,
  values: object,
  needs: NeedsOf<Table>,
): MadeOf<Table> {
  const policy: AnyPolicy = policyNamed(table, name);
  const options = optionsFrom(table, policy, values);
  return policy.create(options as never, needs as never) as MadeOf<Table>;
}
