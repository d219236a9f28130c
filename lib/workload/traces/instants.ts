import { BadRow, type Place } from "./bad_row.ts";
import { dateTimeOf, INSTANT_WANTED, numberOf } from "./numbers.ts";
import { isThisCentury, TIME_UNITS, type TimeUnit, unitOfDate, type UnitRule } from "./units.ts";

/** Names of units for people. */
const UNIT_NAMES = { s: "seconds", ms: "milliseconds", us: "microseconds", ns: "nanoseconds" };

/**
 * Instants of one trace as seconds. Dates, and numbers that are dates of this century, count from the
 * earliest row; other numbers keep their clock.
 */
export class InstantReader {
  /** What is known of the column's unit. */
  rule: UnitRule;
  readonly #asked: TimeUnit | "auto";
  /** Days of dates count from this one; undefined while there are no dates. */
  #firstDay: number | undefined;
  /** Units per second of numbers; 0 while there are none. */
  #perSecond = 0;
  /** Unix times count from this number, in its unit; undefined where numbers are none. */
  #firstNumber: number | undefined;
  #noted = "";

  constructor(asked: TimeUnit | "auto" = "auto", rule: UnitRule) {
    this.#asked = asked;
    this.rule = rule;
  }

  /** Whether instants count from the earliest row, so that their clock is none of a run's. */
  get isRebased(): boolean {
    return this.#firstDay !== undefined || this.#firstNumber !== undefined;
  }

  /** Unix time of the earliest row, seconds; undefined where numbers are none. */
  beginSeconds: number | undefined;

  /** @param isFirst Whether no row has been read well. */
  read(value: unknown, place: () => Place, what: string, isFirst: boolean): number {
    if (typeof value === "string" && (isFirst || this.#firstDay !== undefined)) {
      const time = dateTimeOf(value);
      if (time !== undefined) {
        this.#firstDay ??= time.day;
        return (time.day - this.#firstDay) * 86_400 + time.second;
      }
    }
    const number = numberOf(value);
    // A number in a file of dates is malformed, and so is a date in a file of numbers.
    if (!(number >= 0) || number === Infinity || this.#firstDay !== undefined) {
      throw new BadRow(place(), what, INSTANT_WANTED, value);
    }
    if (this.#perSecond === 0 || isFirst) this.#begin(number, place, what);
    return this.#firstNumber === undefined
      ? number / this.#perSecond
      : (number - this.#firstNumber) / this.#perSecond;
  }

  /** The first number decides the unit, and whether numbers are Unix times. */
  #begin(number: number, place: () => Place, what: string): void {
    const { is, perSecond, otherwise } = this.rule;
    const said = this.#asked === "auto" ? is : this.#asked;
    const found = said === undefined ? unitOfDate(number) : undefined;
    const unit = said ?? found ?? otherwise;
    if (perSecond === undefined && unit === undefined) {
      throw new BadRow(
        place(),
        what,
        "instants of a known unit (set workload.trace.unit to s, ms, us or ns)",
        number,
      );
    }
    this.#perSecond = perSecond ?? TIME_UNITS[unit!];
    const isDate = isThisCentury(number, this.#perSecond);
    this.#firstNumber = isDate ? number : undefined;
    const name = unit === undefined ? "numbers" : UNIT_NAMES[unit];
    this.#noted = isDate
      ? `${what} is taken as ${name} since 1970 and counts from the earliest row`
      : said === undefined && perSecond === undefined
      ? `${what} is taken as ${name}`
      : "";
  }

  /** What was assumed. */
  notices(): string[] {
    return this.#noted === "" ? [] : [this.#noted];
  }

  /** Has instants that are dates count from the earliest. */
  rebase(atSeconds: Float64Array): void {
    if (!this.isRebased) return;
    let first = Infinity;
    for (let i = 0; i < atSeconds.length; i++) if (atSeconds[i] < first) first = atSeconds[i];
    for (let i = 0; i < atSeconds.length; i++) atSeconds[i] -= first;
    if (this.#firstNumber === undefined || !(first < Infinity)) return;
    this.beginSeconds = this.#firstNumber / this.#perSecond + first;
  }
}
