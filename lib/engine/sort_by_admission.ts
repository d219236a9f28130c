/** Brings the first `count` of `slots` into the order of the batch, by `admission`; they are few. */
export function sortByAdmission(
  admission: Float64Array,
  slots: Int32Array,
  count: number,
): void {
  for (let i = 1; i < count; i++) {
    const slot = slots[i];
    let hole = i;
    for (; hole > 0 && admission[slots[hole - 1]] > admission[slot]; hole--) {
      slots[hole] = slots[hole - 1];
    }
    slots[hole] = slot;
  }
}
