import type { SeriesKey } from "./series_key.ts";

/** A layer of points in the colour and shape of their series, with a key where there are several. */
export function seriesPoints(
  rows: readonly object[],
  { key, position, size, opacity = 1 }: {
    readonly key: SeriesKey;
    /** Encodings of x and y. */
    readonly position: object;
    /** Area of a point, square points. */
    readonly size: number;
    readonly opacity?: number;
  },
): object {
  const severalSeries = key.color.scale.domain.length > 1;
  return {
    data: { values: rows },
    mark: { type: "point", filled: true, size, opacity },
    encoding: {
      ...position,
      color: { ...key.color, legend: severalSeries ? { columns: key.columns } : null },
      shape: key.shape,
    },
  };
}
