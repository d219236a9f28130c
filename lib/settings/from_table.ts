import type {
  AnyPolicy,
  Declaration,
  Declared,
  MadeOf,
  NameOf,
  NeedsOf,
  OptionsOf,
  PolicyTable,
} from "./policy.ts";
import { choice } from "./quantities.ts";
import type { NumberBounds, Setting } from "./setting.ts";
import { suggest } from "../std/suggest.ts";

/** The names of a table's policies, in its order. */
export function namesOf<Table extends PolicyTable>(table: Table): NameOf<Table>[] {
  return table.entries.map(({ name }) => name);
}

/** Every accepted spelling that is not a name, and the name that it means. */
export function aliasesOf<Table extends PolicyTable>(table: Table): Record<string, NameOf<Table>> {
  return Object.fromEntries(
    table.entries.flatMap(({ name, aliases = [] }) => aliases.map((alias) => [alias, name])),
  );
}

/**
 * The policy of a name.
 *
 * @throws {RangeError} If there is none; names those that there are, and the nearest one.
 */
export function policyNamed<Table extends PolicyTable>(
  table: Table,
  name: string,
): Table["entries"][number] {
  const found = table.entries.find((entry) => entry.name === name) ??
    table.entries.find(({ aliases }) => aliases?.includes(name));
  if (found !== undefined) return found;
  const near = suggest(name, [...namesOf(table), ...Object.keys(aliasesOf(table))]);
  throw new RangeError(
    `Cannot use ${table.wanted} as one of ${namesOf(table).join(", ")}` +
      `${near === undefined ? "" : ` (did you mean ${near}?)`}: current value is "${name}"`,
  );
}

/**
 * A new policy by name.
 *
 * @param options What differs from the policy's defaults.
 * @param needs What policies of the kind are told beyond their settings.
 * @throws {RangeError} If the name is unknown, or an option is out of its range.
 *
 * @example
 * ```ts
 * import { fromTable } from "./mod.ts";
 * import { KEEP_ALIVE_POLICIES } from "../serverless/keep_alive/mod.ts";
 * const policy = fromTable(KEEP_ALIVE_POLICIES, "fixed", { seconds: 300 }, {});
 * console.log(policy.decide().keepAliveSeconds); // 300
 * ```
 */
export function fromTable<Table extends PolicyTable, Name extends NameOf<Table>>(
  table: Table,
  name: Name,
  options: Partial<OptionsOf<Table, Name>>,
  needs: NeedsOf<Table>,
): MadeOf<Table> {
  const policy: AnyPolicy = policyNamed(table, name);
  // The name selects the options' type, which the compiler cannot follow through a table.
  return policy.create(
    withDefaults(policy.settings as never, options) as never,
    needs as never,
  ) as MadeOf<Table>;
}

/**
 * Options in full: what is not given has the declared default.
 *
 * @throws {RangeError} If one that is given is out of its declared range.
 */
export function withDefaults<Options extends object>(
  settings: Declared<Options>,
  options: Partial<Options>,
): Options {
  const filled: Record<string, unknown> = {};
  for (const [name, declared] of Object.entries<Declaration>(settings as never)) {
    const given = (options as Readonly<Record<string, unknown>>)[name];
    if (declared.kind === "list") filled[name] = given ?? [];
    else if (declared.kind === "group") {
      filled[name] = withDefaults<object>(declared.settings as never, (given ?? {}) as object);
    } else if (given === undefined) filled[name] = declared.defaultValue;
    else filled[name] = checked(name, declared, given);
  }
  return filled as Options;
}

function checked(name: string, declared: Setting<unknown>, value: unknown): unknown {
  if (value === null && declared.nullable) return value;
  const { bounds } = declared;
  if (bounds === undefined) {
    if (declared.read(value) !== undefined) return value;
    throw new RangeError(`Cannot use ${name} ${declared.refusal(value)}`);
  }
  // Whoever writes a program may mean Infinity by "never" or "no limit", and knows the units: what
  // is plausible in a file is not asked here.
  if (typeof value === "number" && isWithin(value, bounds)) return value;
  throw new RangeError(`Cannot use ${name} as ${wantedOf(bounds)}: current value is ${value}`);
}

function isWithin(value: number, { min, above, max, whole }: NumberBounds): boolean {
  return value >= (min ?? -Infinity) && value > (above ?? -Infinity) &&
    value <= (max ?? Infinity) &&
    (whole !== true || Number.isInteger(value) || value === Infinity);
}

function wantedOf({ min, above, max, whole }: NumberBounds): string {
  const parts = [
    ...(min === undefined ? [] : [`>= ${min}`]),
    ...(above === undefined ? [] : [`> ${above}`]),
    ...(max === undefined ? [] : [`<= ${max}`]),
  ];
  return [whole === true ? "a whole number" : "a number", parts.join(" and ")].join(" ").trim();
}

/** What the choice of a policy takes beyond its table. */
export interface PolicyChoiceOptions<Default, Other extends string> {
  /** Meaning of the choice. */
  readonly describe: string;
  /** The policy when nothing is given. */
  readonly default: Default;
  /** Values beside the names that stand before them. */
  readonly before?: readonly Other[];
  /** Values beside the names that stand after them. */
  readonly after?: readonly Other[];
  /** Further accepted spellings. */
  readonly otherNames?: Readonly<Record<string, NoInfer<Other>>>;
}

/** A setting whose value is the name of one of a table's policies. */
export function policyChoice<Table extends PolicyTable, const Other extends string = never>(
  table: Table,
  options: PolicyChoiceOptions<NameOf<Table> | NoInfer<Other>, Other>,
): Setting<NameOf<Table> | NoInfer<Other>>;
/** The same, which may be left open. */
export function policyChoice<Table extends PolicyTable, const Other extends string = never>(
  table: Table,
  options: PolicyChoiceOptions<NameOf<Table> | NoInfer<Other> | null, Other>,
): Setting<NameOf<Table> | NoInfer<Other> | null>;
export function policyChoice<Table extends PolicyTable, const Other extends string = never>(
  table: Table,
  { before = [], after = [], ...options }: PolicyChoiceOptions<string | null, Other>,
): Setting<NameOf<Table> | Other | null> {
  const names: readonly (NameOf<Table> | Other)[] = [...before, ...namesOf(table), ...after];
  return choice<string>(names, {
    ...options,
    wanted: table.wanted,
    otherNames: { ...options.otherNames, ...aliasesOf(table) },
  }) as Setting<NameOf<Table> | Other | null>;
}
