/** One direction of a connection. */
export interface Link {
  /** Bytes per second. */
  readonly bytesPerSecond: number;
  /** Seconds of the smallest message. */
  readonly latencySeconds: number;
}

/**
 * Seconds that a message takes on an otherwise idle link.
 *
 * @param bytes Size of the message, >= 0.
 */
export function linkSeconds(link: Link, bytes: number): number {
  return link.latencySeconds + bytes / link.bytesPerSecond;
}
