/** Ends of names that are units, the longer ones first, and what an axis says. */
const UNITS: readonly (readonly [end: string, unit: string])[] = [
  ["_tokens_per_s", "tokens/s"],
  ["_per_s", "1/s"],
  ["_rps", "1/s"],
  ["_per_usd", "1/US$"],
  ["_usd", "US$"],
  ["_gb_hours", "GB h"],
  ["_hours", "h"],
  ["_seconds", "s"],
  ["_ms", "ms"],
  ["_s", "s"],
  ["_bytes", "B"],
  ["_watts", "W"],
  ["_joules", "J"],
];

/** Words that are written in capitals. */
const CAPITALS = /^(ttft|tbt|tpot|e2e|kv|mfu|mbu|slo|gpu|qps|id)$/;

/**
 * The title of an axis by the name of a column: "TTFT p99 (s)" of `ttft_p99_s`, of `ttft_s.p99` and of
 * `ttft_s.p99_low`.
 */
export function fieldTitle(name: string): string {
  let unit = "";
  const parts = name.split(".").map((part) => {
    const found = UNITS.find(([end]) => part.endsWith(end) && part.length > end.length);
    if (found === undefined) return part;
    unit ||= found[1];
    return part.slice(0, -found[0].length);
  });
  const words = parts.join(" ").split(/[_\s]+/).filter((word) => word !== "")
    .map((word) => CAPITALS.test(word) ? word.toUpperCase() : word).join(" ");
  const title = words === "" ? name : words[0].toUpperCase() + words.slice(1);
  return unit === "" ? title : `${title} (${unit})`;
}
