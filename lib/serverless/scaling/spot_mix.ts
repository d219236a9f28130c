/** A zone as policies know it. */
export interface ZoneFacts {
  /** Its name, for readers. */
  readonly name: string;
  /** Price of its spot capacity as a share of that on demand. */
  readonly spotPriceShare: number;
}

/** Which instances are of spot capacity, and in which zones: decided along with how many there are. */
export interface SpotMix {
  /**
   * Instances of each kind that there are to be; undefined: as they are until it decides again.
   *
   * @param desired Instances that the policy wants and its limits allow.
   * @param readySpot Spot instances that can serve.
   */
  wanted(
    desired: number,
    readySpot: number,
  ): { readonly spot: number; readonly onDemand: number } | undefined;
  /**
   * Zone of the next spot instance.
   *
   * @param used Zone of each one that there is.
   * @param spot Spot instances that there are to be.
   */
  nextZone(used: readonly number[], spot: number): number;
  /** A spot instance of the zone was preempted, or not to be had. */
  lost(zone: number): void;
  /** A spot instance of the zone can serve. */
  ready(zone: number): void;
}
