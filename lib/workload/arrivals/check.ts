/** Throws unless `value` is a finite number above zero. */
export function checkPositive(value: number, process: string, what: string): void {
  if (!(value > 0) || value === Infinity) {
    throw new RangeError(
      `Cannot use ${what} of ${process} arrivals as a number > 0: current value is ${value}`,
    );
  }
}
