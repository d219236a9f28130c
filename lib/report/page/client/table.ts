/// <reference lib="dom" />
import type { OpenColumn } from "./columns.ts";
import { type Condition, readConditions } from "./conditions.ts";
import { figureText } from "./figure_text.ts";
import { sortedByKey } from "./order.ts";
import { tellStory } from "./tell_story.ts";

/** Rows of the table that are shown at once. */
const PAGE_ROWS = 25;

/** The table of requests of one result: sorted, filtered, one page at a time. */
export class RequestTable {
  readonly #columns: ReadonlyMap<string, OpenColumn>;
  readonly #rows: number;
  /** Whole stories by the numbers of requests: of those that took longest. */
  readonly #stories: Readonly<Record<string, string>>;
  readonly #root: HTMLElement;
  readonly #body: HTMLElement;
  #sortedBy = "e2e_s";
  #isAscending = false;
  #asked: Condition = () => true;
  #window: readonly [from: number, to: number] | undefined;
  /** All rows by column and direction, as they were sorted. */
  readonly #orders = new Map<string, Uint32Array>();
  /** Rows that are asked for, in the order that is shown. */
  #shown: Uint32Array = new Uint32Array();
  #page = 0;

  /** @param root The element with the table, its fields and buttons. */
  constructor(
    root: HTMLElement,
    columns: ReadonlyMap<string, OpenColumn>,
    rows: number,
    stories: Readonly<Record<string, string>>,
  ) {
    this.#stories = stories;
    this.#root = root;
    this.#columns = columns;
    this.#rows = rows;
    this.#body = root.querySelector("tbody")!;
    for (const button of root.querySelectorAll<HTMLButtonElement>("th button")) {
      button.addEventListener("click", () => this.#sort(button.dataset.column!));
    }
    const field = root.querySelector<HTMLInputElement>("input")!;
    field.addEventListener("input", () => this.#filter(field.value));
    root.querySelector("[data-turn='-1']")!.addEventListener("click", () => this.#turn(-1));
    root.querySelector("[data-turn='1']")!.addEventListener("click", () => this.#turn(1));
    this.#order();
  }

  /** Shows requests that arrive within a time, seconds; undefined: at any time. */
  setWindow(window: readonly [from: number, to: number] | undefined): void {
    this.#window = window;
    this.#order();
  }

  #sort(column: string): void {
    this.#isAscending = column === this.#sortedBy && !this.#isAscending;
    this.#sortedBy = column;
    this.#order();
  }

  #filter(text: string): void {
    const said = this.#root.querySelector<HTMLElement>("[role='alert']")!;
    try {
      this.#asked = readConditions(text, this.#columns);
      said.textContent = "";
    } catch (error) {
      said.textContent = (error as Error).message;
      return;
    }
    this.#order();
  }

  #turn(by: number): void {
    this.#page = Math.max(0, Math.min(this.#pages - 1, this.#page + by));
    this.#draw();
  }

  get #pages(): number {
    return Math.max(1, Math.ceil(this.#shown.length / PAGE_ROWS));
  }

  #order(): void {
    const arrivals = this.#columns.get("arrival_s")!.values;
    const [from, to] = this.#window ?? [-Infinity, Infinity];
    const isAll = this.#window === undefined;
    // All rows are sorted once for each column and direction: what is asked for is picked from them.
    this.#shown = this.#sorted().filter((row) =>
      (isAll || arrivals[row] >= from && arrivals[row] <= to) && this.#asked(row)
    );
    this.#page = 0;
    for (const head of this.#root.querySelectorAll<HTMLElement>("th[data-column]")) {
      const isSorted = head.dataset.column === this.#sortedBy;
      head.setAttribute(
        "aria-sort",
        !isSorted ? "none" : this.#isAscending ? "ascending" : "descending",
      );
    }
    this.#draw();
  }

  /** All rows in the order that is asked for; what has no value stands last either way. */
  #sorted(): Uint32Array {
    const name = `${this.#sortedBy} ${this.#isAscending}`;
    let rows = this.#orders.get(name);
    if (rows === undefined) {
      const { values, texts } = this.#columns.get(this.#sortedBy)!;
      // Texts in the order of the alphabet.
      const rank = texts?.map((_, i) => i).sort((a, b) => texts[a] < texts[b] ? -1 : 1);
      const place = rank?.map((_, i) => rank.indexOf(i));
      const sign = this.#isAscending ? 1 : -1;
      const keys = Float32Array.from({ length: this.#rows }, (_, row) => {
        const value = place === undefined ? values[row] : place[values[row]];
        return Number.isNaN(value) ? Infinity : sign * value;
      });
      rows = sortedByKey(Uint32Array.from(keys, (_, row) => row), keys);
      this.#orders.set(name, rows);
    }
    return rows;
  }

  #draw(): void {
    const first = this.#page * PAGE_ROWS;
    const rows = this.#shown.subarray(first, first + PAGE_ROWS);
    this.#body.replaceChildren(...Array.from(rows, (row) => this.#rowElement(row)));
    const count = this.#shown.length;
    this.#root.querySelector("[role='status']")!.textContent = count === 0
      ? "No request is like that"
      : `Requests ${first + 1} to ${first + rows.length} of ${count}`;
    const turn = (by: number) =>
      this.#root.querySelector<HTMLButtonElement>(`[data-turn='${by}']`)!;
    turn(-1).disabled = this.#page === 0;
    turn(1).disabled = this.#page === this.#pages - 1;
  }

  #rowElement(row: number): HTMLElement {
    const element = document.createElement("tr");
    for (const [name, { values, texts }] of this.#columns) {
      if (!this.#root.querySelector(`th[data-column='${name}']`)) continue;
      const cell = document.createElement("td");
      cell.textContent = texts === undefined ? figureText(name, values[row]) : texts[values[row]];
      if (texts !== undefined) {
        cell.className = "text";
        cell.title = texts[values[row]];
      }
      element.append(cell);
    }
    const cell = document.createElement("td");
    const button = document.createElement("button");
    button.textContent = "Why?";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", `Why: request ${this.#columns.get("id")!.values[row]}`);
    button.addEventListener("click", () => this.#tell(row, element, button));
    cell.append(button);
    element.append(cell);
    return element;
  }

  #tell(row: number, element: HTMLElement, button: HTMLButtonElement): void {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) return element.nextElementSibling!.remove();
    const story = document.createElement("tr");
    story.className = "story";
    const cell = document.createElement("td");
    cell.colSpan = element.children.length;
    const id = this.#columns.get("id")!.values[row];
    const told = document.createElement("div");
    told.className = "told";
    told.textContent = this.#stories[id] ?? tellStory(this.#columns, row);
    cell.append(told);
    story.append(cell);
    element.after(story);
  }
}
