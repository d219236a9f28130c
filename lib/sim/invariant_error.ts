/** Where a law was found broken. */
export interface InvariantPlace {
  /** Simulated time, seconds. */
  readonly atSeconds: number;
  /** Name of the function. */
  readonly functionName?: string;
  /** Number of the instance. */
  readonly instanceId?: number;
  /** Row of the request. */
  readonly request?: number;
}

/**
 * A law of the simulator does not hold: a mistake in the program (or in a policy of the user's own),
 * never one in its input. The message names time, function, instance and request as far as they are
 * known.
 */
export class InvariantError extends Error {
  /** Name of the class. */
  override name = "InvariantError";

  /** Makes an error of a broken law, in a few words, and of its place where it has one. */
  constructor(law: string, place?: InvariantPlace) {
    super(place === undefined ? law : `Broken law at ${place.atSeconds} s: ${law}${where(place)}`);
  }
}

function where({ functionName, instanceId, request }: InvariantPlace): string {
  return (functionName === undefined ? "" : `, function "${functionName}"`) +
    (instanceId === undefined ? "" : `, instance ${instanceId}`) +
    (request === undefined ? "" : `, request ${request}`);
}
