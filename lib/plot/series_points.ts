import type { SeriesKey } from "./series_key.ts";

/** A layer of points in the colour and shape of their series, with a key where there are several. */
export function seriesPoints(
  rows: readonly object[],
  { key, position, size, opacity = 1, isHollow = false, legend = {} }: {
    readonly key: SeriesKey;
    /** Encodings of x and y. */
    readonly position: object;
    /** Area of a point, square points. */
    readonly size: number;
    readonly opacity?: number;
    /** Whether points are outlines, so that none covers another. */
    readonly isHollow?: boolean;
    /** More about the key; null: the figure has its own. */
    readonly legend?: object | null;
  },
): object {
  const severalSeries = key.color.scale.domain.length > 1;
  return {
    data: { values: rows },
    mark: isHollow
      ? { type: "point", filled: false, size, opacity, strokeWidth: 1 }
      : { type: "point", filled: true, size, opacity },
    encoding: {
      ...position,
      color: {
        ...key.color,
        legend: severalSeries && legend !== null ? { columns: key.columns, ...legend } : null,
      },
      shape: legend === null ? { ...key.shape, legend } : key.shape,
    },
  };
}
