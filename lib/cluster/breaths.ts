/**
 * Lets signals, timers and messages through. A timer of 0 would do so as well, but takes 1 to 4 ms
 * where this takes 20 us. One channel does for a run: each has memory outside the JavaScript heap, of
 * which long runs would take gigabytes.
 */
export class Breaths {
  readonly #channel = new MessageChannel();

  /** Comes back when what has been waiting has had its turn. */
  next(): Promise<void> {
    const { port1, port2 } = this.#channel;
    return new Promise((resolve) => {
      port1.onmessage = () => resolve();
      port2.postMessage(null);
    });
  }

  /** Ends the channel, which would keep the program from ending. */
  close(): void {
    this.#channel.port1.close();
    this.#channel.port2.close();
  }
}
