/**
 * The present instant of a run. Whoever needs it holds the clock and reads the field:
 * an instant handed over as an argument is boxed as an object of its own at every call that is not
 * inlined, which would be most of what a run allocates.
 */
export class Clock {
  /** Seconds since the start of the run. */
  now = 0;
}
