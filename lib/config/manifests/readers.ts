/**
 * How a value of a manifest is read: numbers that may stand in quotes, durations as Go writes them,
 * quantities as Kubernetes writes them.
 *
 * @module
 */

/** A way of reading a value. */
export interface Reader<Value> {
  /** What the value should be, for messages. */
  readonly wanted: string;
  /** The value in the configuration's unit; undefined for what it cannot be. */
  read(value: unknown): Value | undefined;
}

/** A number that may stand in quotes, as annotations do. */
function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) {
    return NaN;
  }
  return Number(value);
}

function numbers(wanted: string, accepts: (value: number) => boolean): Reader<number> {
  return {
    wanted,
    read: (value) => {
      const number = numberOf(value);
      return Number.isFinite(number) && accepts(number) ? number : undefined;
    },
  };
}

/** Whole numbers from `least` to what columns of 32 bits hold. */
export function whole(least: number): Reader<number> {
  return numbers(
    `a whole number from ${least} to 2147483647`,
    (value) => Number.isInteger(value) && value >= least && value <= 2147483647,
  );
}

/** Numbers above 0. */
export const positive: Reader<number> = numbers("a number above 0", (value) => value > 0);

/** Numbers from 0 on. */
export const notNegative: Reader<number> = numbers("a number from 0 on", (value) => value >= 0);

/** Shares, 0 to 1. */
export const share: Reader<number> = numbers(
  "a share above 0, at most 1",
  (value) => value > 0 && value <= 1,
);

/** Numbers from `least` on. */
export function from(least: number): Reader<number> {
  return numbers(`a number from ${least} on`, (value) => value >= least);
}

/** Numbers above `bound`. */
export function above(bound: number): Reader<number> {
  return numbers(`a number above ${bound}`, (value) => value > bound);
}

/**
 * Shares in percent, above 0 or from `least` on; what is at most 1 is a share already, where the
 * source reads it so.
 */
export function percent(
  options: { readonly least?: number; readonly most?: number; readonly orShare?: boolean } = {},
) {
  const { least, most = 100, orShare = false } = options;
  const inner = numbers(
    least === undefined
      ? `a percentage above 0, at most ${most}`
      : `a percentage from ${least} to ${most}`,
    (value) => (least === undefined ? value > 0 : value >= least) && value <= most,
  );
  return {
    wanted: inner.wanted,
    read: (value: unknown) => {
      const number = inner.read(value);
      if (number === undefined) return undefined;
      return orShare && number <= 1 ? number : Number((number / 100).toPrecision(12));
    },
  } satisfies Reader<number>;
}

const GO_UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  "µs": 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** A time as Go writes it, such as "1m30s", in seconds; 0 needs no unit. */
export const goDuration: Reader<number> = {
  wanted: `a time with a unit, such as "60s" or "1m30s"`,
  read: (value) => {
    if (value === 0 || value === "0") return 0;
    if (typeof value !== "string" || !/^(\d*\.?\d+(ns|us|µs|ms|s|m|h))+$/.test(value)) {
      return undefined;
    }
    let seconds = 0;
    for (const [, amount, unit] of value.matchAll(/(\d*\.?\d+)(ns|us|µs|ms|s|m|h)/g)) {
      seconds += Number(amount) * GO_UNITS[unit];
    }
    return Number(seconds.toPrecision(12));
  },
};

/** A time as Go writes it within bounds in seconds, of whole seconds unless it may be of parts. */
export function goDurationWithin(
  { least, most = Infinity, hasParts = false }: {
    readonly least: number;
    readonly most?: number;
    readonly hasParts?: boolean;
  },
): Reader<number> {
  const whole = hasParts ? "" : ", in whole seconds";
  const to = most === Infinity ? " on" : ` to ${most} s`;
  return {
    wanted: `a time with a unit, from ${least} s${to}${whole}`,
    read: (value) => {
      const seconds = goDuration.read(value);
      if (seconds === undefined || seconds < least || seconds > most) return undefined;
      return hasParts || Number.isInteger(seconds) ? seconds : undefined;
    },
  };
}

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity as Kubernetes writes it: "500m", "2Gi", "1e3", 4. */
export const kubernetesQuantity: Reader<number> = {
  wanted: `a quantity of Kubernetes, such as 4, "500m" or "2Gi"`,
  read: (value) => {
    if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? value : undefined;
    if (typeof value !== "string") return undefined;
    const match = /^(\d+\.?\d*|\.\d+)(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(value);
    if (match === null) return undefined;
    const [, amount, exponent, suffix = ""] = match;
    return exponent === undefined ? Number(amount) * SUFFIXES[suffix] : Number(amount + exponent);
  },
};

/** A quantity of Kubernetes that counts things. */
export const wholeQuantity: Reader<number> = {
  wanted: "a whole number of devices",
  read: (value) => {
    const amount = kubernetesQuantity.read(value);
    return amount !== undefined && Number.isInteger(amount) && amount <= 1024 ? amount : undefined;
  },
};

/** Yes or no, in quotes or not. */
export const yesOrNo: Reader<boolean> = {
  wanted: "true or false",
  read: (value) => {
    const text = String(value).toLowerCase();
    return text === "true" || text === "1"
      ? true
      : text === "false" || text === "0"
      ? false
      : undefined;
  },
};

/** A text. */
export const anyText: Reader<string> = {
  wanted: "a text",
  read: (value) => typeof value === "string" && value !== "" ? value : undefined,
};

/** One of a few words, each with what it means here. */
export function oneOf<Value>(words: Readonly<Record<string, Value>>): Reader<Value> {
  return {
    wanted: `one of ${Object.keys(words).join(", ")}`,
    read: (value) =>
      typeof value === "string" && Object.hasOwn(words, value) ? words[value] : undefined,
  };
}

/** Tokens as vLLM reads lengths: "8192", "32k" (thousands), "32K" (times 1,024), "auto". */
export const tokenCount: Reader<number | "auto"> = {
  wanted: "a number of tokens, such as 32768, 32k or 32K, or auto",
  read: (value) => {
    if (value === "auto" || value === "-1" || value === -1) return "auto";
    const match = /^(\d+(?:\.\d+)?)([kKmM]?)$/.exec(String(value));
    if (match === null) return undefined;
    const factor = { "": 1, k: 1e3, K: 2 ** 10, m: 1e6, M: 2 ** 20 }[match[2]]!;
    const tokens = Math.trunc(Number(match[1]) * factor);
    return tokens >= 1 && tokens <= 1073741824 ? tokens : undefined;
  },
};
