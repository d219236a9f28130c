/** Sequences of so many values that are hard for methods of selection, by name. */
export function hardShapes(count: number): readonly [string, (index: number) => number][] {
  return [
    ["rising", (i) => i],
    ["falling", (i) => -i],
    ["equal", () => 1],
    ["organ pipe", (i) => Math.min(i, count - i)],
    ["saw", (i) => i % 1000],
    ["two values", (i) => i & 1],
    ["one far away", (i) => i === 7 ? 1e300 : 1 + i * 1e-9],
    ["both signs", (i) => (i & 1 ? -1 : 1) * 2 ** (i % 900)],
  ];
}
