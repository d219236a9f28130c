import { InvariantError } from "../sim/invariant_error.ts";

/**
 * Passes on what a run reports, after a look at every number in it.
 *
 * @param what What it is, for the message.
 * @throws {InvariantError} If a number is not finite: it names the figure.
 */
export function allFinite<T>(value: T, what: string): T {
  visit(value, what);
  return value;
}

function visit(value: unknown, path: string): void {
  if (typeof value === "number") {
    if (Number.isFinite(value)) return;
    throw new InvariantError(
      `Cannot report ${path} as a finite number: current value is ${value}`,
    );
  }
  if (Array.isArray(value)) value.forEach((item, i) => visit(item, `${path}[${i}]`));
  else if (typeof value === "object" && value !== null) {
    for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
  }
}
