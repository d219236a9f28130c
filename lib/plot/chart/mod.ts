/**
 * Charts of any rows: lines, bars, points, distributions, in panels. Read chart.ts first, then marks.ts.
 *
 * @module
 */
export { type Chart, chart, type Charts } from "./chart.ts";
export type { Channel, ChartData, ChartField, ChartRow, ChartTools } from "./chart_data.ts";
export type { Band } from "./interval_rows.ts";
export type { BarParts, CdfParts, CommonParts, LineParts, PointParts } from "./marks.ts";
