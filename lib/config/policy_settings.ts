import { keyOf, type PlacedSetting, placedSettings } from "../settings/placed_settings.ts";
import type { AnyPolicy, Declaration, PolicyTable } from "../settings/policy.ts";
import type { Setting } from "../settings/setting.ts";
import { all, any, type Condition, is, isNot, isNotSet } from "./applies.ts";
import type { Configuration } from "./configuration.ts";
import { section, sectionList, type SectionShape } from "./section.ts";

/** A kind of policies, as files choose one of them. */
export interface PolicyKind {
  readonly table: PolicyTable;
  /** Path of the section that the policies' own sections stand in, such as "scaling". */
  readonly path: string;
  /** Key of the policy's name there; absent: "policy". */
  readonly nameKey?: string;
  /** That the policy is one of these. */
  is(...names: readonly string[]): Condition;
  /** That the policy is none of these; absent where others than the table's may be chosen. */
  isNot?(...names: readonly string[]): Condition;
  /** When the whole section applies, where that is said of each setting; absent: always. */
  readonly within?: Condition;
}

/** The conditions of a kind whose policy is the value at a path. */
export function chosenBy(path: string): Required<Pick<PolicyKind, "is" | "isNot">> {
  return { is: (...names) => is(path, ...names), isNot: (...names) => isNot(path, ...names) };
}

/**
 * The conditions of a kind whose policy need not be named: they go by the one that a configuration
 * comes to.
 *
 * @param what What it is in a reason, such as "the scaling policy".
 */
export function resolvedBy(
  path: string,
  what: string,
  nameOf: (config: Configuration) => string,
): Required<Pick<PolicyKind, "is" | "isNot">> {
  const condition = (words: string, names: readonly string[], wanted: boolean): Condition => ({
    words,
    whyNot(config) {
      const name = nameOf(config);
      return names.includes(name) === wanted ? undefined : `${what} is ${name}`;
    },
  });
  return {
    is: (...names) => condition(is(path, ...names).words, names, true),
    isNot: (...names) => condition(isNot(path, ...names).words, names, false),
  };
}

/** What a kind's table adds to the section that its policies are chosen in. */
export interface PolicySettings {
  /** Settings beside the policy's name. */
  readonly beside: SectionShape;
  /** Sections of policies' own settings. */
  readonly sections: SectionShape;
}

/** A policy that is chosen by its settings, and settings that another one takes the place of. */
interface Reader extends AnyPolicy {
  readonly isChosenBySettings?: boolean;
  readonly unread?: Readonly<Record<string, string>>;
  readonly readWhen?: Readonly<
    Record<string, readonly Readonly<Record<string, readonly Value[]>>[]>
  >;
}

type Value = string | number | boolean;

/** The settings of a kind's policies as parts of a section: each once, with when it applies. */
export function policySettings(kind: PolicyKind): PolicySettings {
  const beside: Record<string, SectionShape[string]> = {};
  const sections: Record<string, SectionShape[string]> = {};
  const placed = placedSettings(kind.table);
  for (const one of placed.filter((place) => place.section === null)) {
    beside[one.key] = part(one, within(kind, readerCondition(kind, one)));
  }
  for (const [name, settings] of Map.groupBy(placed, (place) => place.section)) {
    if (name !== null) sections[name] = ownSection(kind, settings);
  }
  return { beside, sections };
}

/** The section of one policy's settings. */
function ownSection(kind: PolicyKind, settings: readonly PlacedSetting[]): SectionShape[string] {
  const owner = settings[0].readBy[0];
  const isOwn = settings.every(({ readBy }) => readBy.length === 1);
  const shape = Object.fromEntries(
    settings.map((
      one,
    ) => [
      one.key,
      part(one, isOwn ? ownCondition(kind, one) : within(kind, readerCondition(kind, one))),
    ]),
  );
  return section(shape, {
    ...(isOwn && { appliesWhen: within(kind, kind.is(owner.name)) }),
    describe: `Settings of \`${kind.nameKey ?? "policy"}: ${owner.name}\`. ${owner.describe}`,
  });
}

/** When a policy reads a setting of its own; undefined: always. */
function ownCondition(kind: PolicyKind, { declared, readBy }: PlacedSetting) {
  const [policy] = readBy as readonly Reader[];
  const alternatives = policy.readWhen?.[optionOf(policy, declared)];
  if (alternatives === undefined) return undefined;
  return any(...alternatives.map((values) =>
    all(
      ...Object.entries(values).map(([other, allowed]) =>
        is(pathOf(kind, policy, other), ...allowed)
      ),
    )
  ));
}

/** The name of an option of a policy by its declaration. */
function optionOf(policy: Reader, declared: Declaration): string {
  return Object.keys(policy.settings).find((one) => policy.settings[one] === declared)!;
}

/** The path of an option of a policy. */
function pathOf(kind: PolicyKind, policy: Reader, option: string): string {
  const place = placedSettings(kind.table).find((one) => one.declared === policy.settings[option])!;
  return [kind.path, place.section, place.key].filter((key) => key !== null).join(".");
}

/** A condition together with that of the whole kind. */
function within(kind: PolicyKind, condition: Condition | undefined): Condition | undefined {
  const conditions = [kind.within, condition].filter((one) => one !== undefined);
  return conditions.length < 2 ? conditions[0] : all(...conditions);
}

/** When some policy reads a setting; undefined where all do. */
function readerCondition(kind: PolicyKind, { declared, readBy }: PlacedSetting) {
  const instead = (policy: Reader) => insteadOf(kind, policy, declared);
  const always = readBy.filter((policy) => instead(policy) === undefined).map(({ name }) => name);
  const others = kind.table.entries.map(({ name }) => name).filter((name) =>
    !readBy.some((policy) => policy.name === name)
  );
  if (always.length === readBy.length) {
    if (others.length === 0) return undefined;
    return kind.isNot !== undefined && others.length < always.length
      ? kind.isNot(...others)
      : kind.is(...always);
  }
  const conditions = readBy.flatMap((policy) => {
    const path = instead(policy);
    return path === undefined ? [] : [all(kind.is(policy.name), isNotSet(path))];
  });
  return any(...(always.length > 0 ? [kind.is(...always)] : []), ...conditions);
}

/** Path of the setting that stands for another one in a policy, when it has a value. */
function insteadOf(kind: PolicyKind, policy: Reader, declared: Declaration): string | undefined {
  const by = policy.unread?.[optionOf(policy, declared)];
  return by === undefined ? undefined : pathOf(kind, policy, by);
}

/** A setting or a list with the condition under which it applies. */
function part(
  { declared, readBy }: PlacedSetting,
  appliesWhen: Condition | undefined,
): SectionShape[string] {
  if (declared.kind === "list") {
    const item = Object.fromEntries(
      Object.entries<Declaration>(declared.item as never).map((
        [name, one],
      ) => [keyOf(name, one), one as Setting<unknown>]),
    );
    return sectionList(section(item, { describe: declared.itemDescription }), {
      describe: declared.description,
      ...(appliesWhen && { appliesWhen }),
    });
  }
  const setting = (readBy as readonly Reader[]).some(({ isChosenBySettings }) => isChosenBySettings)
    ? optional(declared)
    : declared;
  return appliesWhen === undefined ? setting : { ...setting, appliesWhen };
}

/** A setting that may be left open, since giving it says something: which policy is meant. */
function optional(setting: Setting<unknown>): Setting<unknown> {
  return {
    ...setting,
    defaultValue: null,
    nullable: true,
    description: setting.description.replace(/\.$/, `; null: ${setting.defaultValue}.`),
    read: (input) => input === null ? null : setting.read(input),
  };
}
