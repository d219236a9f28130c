/**
 * The instant of a run, seconds since its start. Whoever needs it holds the clock and reads the field:
 * an instant handed over as an argument is boxed as an object of its own at every call that is not
 * inlined, which would be most of what a run allocates.
 */
export class Clock {
  now = 0;
}
