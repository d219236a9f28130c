/** Units by the end of a name, the longer ends first. */
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/(^|_)tokens_per_s$/, "tokens/s"],
  [/(^|_)rps$/, "1/s"],
  [/_per_s$/, "1/s"],
  [/_per_usd$/, "1/US$"],
  [/(^|_)usd$/, "US$"],
  [/(^|_)gb_hours$/, "GB h"],
  [/(^|_)hours$/, "h"],
  [/(^|_)seconds$/, "s"],
  [/_ms$/, "ms"],
  [/_s$/, "s"],
  [/(^|_)bytes$/, "B"],
  [/(^|_)watts$/, "W"],
  [/(^|_)joules$/, "J"],
  [/(^|_)tokens$/, "tokens"],
];

/** The unit that a name says, such as "s" of `ttft_s`, `ttft_s.p99` and `ttft_s.p99_low`; "" for none. */
export function unitOfName(name: string): string {
  const parts = name.replace(/_(low|high)$/, "").split(".");
  for (const part of parts.toReversed()) {
    const found = UNITS.find(([end]) => end.test(part));
    if (found !== undefined) return found[1];
  }
  return "";
}

/** Units as readers see them, where a file has another word. */
const DISPLAYED: Readonly<Record<string, string>> = { count: "", share: "0..1", USD: "US$" };

/** A declared unit as a notebook shows it: "" for a plain number of things. */
export function displayedUnit(unit: string): string {
  return DISPLAYED[unit] ?? unit;
}
