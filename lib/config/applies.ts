import type { Configuration } from "./configuration.ts";
import { settingAt } from "./setting_at.ts";

/** What is known of a run beyond its configuration when it is asked which settings apply. */
export interface RunFacts {
  /** What the trace holds; absent for generated workloads. */
  readonly trace?: {
    readonly hasArrivals: boolean;
    readonly namesFunctions: boolean;
    readonly namesClasses: boolean;
    readonly namesTenants: boolean;
    /** Whether its format leaves the names of the columns open. */
    readonly hasFreeColumns: boolean;
    /** Whether prompts have prefix identities. */
    readonly hasPrefix: boolean;
    /** Whether lengths are those of texts. */
    readonly isOfTexts: boolean;
    /** Whether calls are counted by intervals. */
    readonly isCounted: boolean;
    /** Whether some of its calls have failed. */
    readonly hasFailed: boolean;
    /** Whether it holds lengths. */
    readonly hasLengths: boolean;
  };
  /** Whether prompts begin alike. */
  readonly sharesPrompts: boolean;
  /** Whether the function's model routes tokens among experts. */
  readonly hasExperts: boolean;
}

/** Under which other settings a setting applies. Declared beside it. */
export interface Condition {
  /** The condition in words, for documents: "`workload.type` is `poisson`". */
  readonly words: string;
  /** Whether the words are alternatives, which stand in brackets among others. */
  readonly isChoice?: boolean;
  /**
   * Undefined where it holds; else the reason why not: "workload.type is embedded".
   *
   * @param item Item of the list that the setting stands in; undefined outside lists.
   */
  whyNot(config: Configuration, facts: RunFacts, item?: unknown): string | undefined;
}

function listed(names: readonly unknown[], word: string, shown: (name: unknown) => string): string {
  const texts = names.map(shown);
  const last = texts.pop()!;
  return texts.length === 0 ? last : `${texts.join(", ")} ${word} ${last}`;
}

/** A setting has one of these values. */
export function is(path: string, ...values: readonly (string | number | boolean)[]): Condition {
  return {
    words: `\`${path}\` is ${listed(values, "or", (value) => `\`${value}\``)}`,
    whyNot(config) {
      const value = settingAt(config, path);
      if ((values as readonly unknown[]).includes(value)) return undefined;
      const isSwitch = typeof value === "boolean";
      return `${path} is ${value === null ? "not set" : value}${
        isSwitch ? "" : `, not ${listed(values, "or", String)}`
      }`;
    },
  };
}

/** A setting has none of these values. */
export function isNot(path: string, ...values: readonly (string | number | boolean)[]): Condition {
  return {
    words: `\`${path}\` is not ${listed(values, "or", (value) => `\`${value}\``)}`,
    whyNot(config) {
      const value = settingAt(config, path);
      return (values as readonly unknown[]).includes(value) ? `${path} is ${value}` : undefined;
    },
  };
}

/** A setting has a value; a list has entries. */
export function isSet(path: string): Condition {
  return {
    words: `\`${path}\` is set`,
    whyNot: (config) => hasValue(settingAt(config, path)) ? undefined : `${path} is not set`,
  };
}

/** A setting has no value; a list is empty. */
export function isNotSet(path: string): Condition {
  return {
    words: `\`${path}\` is not set`,
    whyNot: (config) => hasValue(settingAt(config, path)) ? `${path} is set` : undefined,
  };
}

function hasValue(value: unknown): boolean {
  return value !== null && !(Array.isArray(value) && value.length === 0);
}

/** All of several conditions hold. */
export function all(...conditions: readonly Condition[]): Condition {
  return {
    words: conditions.map(({ words, isChoice }) => isChoice ? `(${words})` : words).join(" and "),
    whyNot(config, facts, item) {
      for (const condition of conditions) {
        const reason = condition.whyNot(config, facts, item);
        if (reason !== undefined) return reason;
      }
      return undefined;
    },
  };
}

/** At least one of several conditions holds. */
export function any(...conditions: readonly Condition[]): Condition {
  return {
    words: conditions.map(({ words }) => words).join(" or "),
    isChoice: true,
    whyNot(config, facts, item) {
      const reasons = conditions.map((condition) => condition.whyNot(config, facts, item));
      return reasons.includes(undefined) ? undefined : [...new Set(reasons)].join(" and ");
    },
  };
}

/**
 * A condition in its own words.
 *
 * @param holds Whether it holds.
 * @param reason Why not, where it does not.
 */
export function when(
  words: string,
  reason: string,
  holds: (config: Configuration, facts: RunFacts, item?: unknown) => boolean,
): Condition {
  return {
    words,
    whyNot: (config, facts, item) => holds(config, facts, item) ? undefined : reason,
  };
}

/** A setting that is accepted for the sake of others' files, and why nothing reads it. */
export function never(reason: string): Condition {
  return { words: "", whyNot: () => reason };
}

/** The condition as a sentence for documents; "" without one. */
export function appliesSentence(condition: Condition | undefined): string {
  if (condition === undefined) return "";
  return condition.words === "" ? "" : ` Applies when ${condition.words}.`;
}
