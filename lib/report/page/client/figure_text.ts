/** A figure of a request as the table shows it: seconds with their unit, counts whole. */
export function figureText(column: string, value: number): string {
  if (Number.isNaN(value)) return "–";
  if (column === "arrival_s") return `${value.toFixed(value < 1000 ? 3 : 1)} s`;
  if (!column.endsWith("_s")) return String(Math.round(value));
  return secondsText(value);
}

/** Seconds as they are read best: "12.3 ms", "4.56 s". */
export function secondsText(seconds: number): string {
  if (seconds === 0) return "0 s";
  const [value, unit] = seconds < 0.9995 ? [seconds * 1000, "ms"] : [seconds, "s"];
  return `${Number(value.toPrecision(3))} ${unit}`;
}
