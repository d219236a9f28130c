/// <reference lib="dom" />

/** The part of a view of Vega that is used. */
export interface DrawnView {
  addSignalListener(name: string, listen: (name: string, value: unknown) => void): DrawnView;
  signal(name: string, value: unknown): DrawnView;
  change(name: string, changes: unknown): DrawnView;
  run(): DrawnView;
  runAsync(): Promise<DrawnView>;
}

/** A chosen time, seconds; undefined: all of it. */
export type ChosenTime = readonly [from: number, to: number] | undefined;

/**
 * Has a time be chosen in the strip of a figure by the pointer, or in its fields by keys: both show what
 * the other has chosen.
 *
 * @param unitSeconds Seconds of the unit of the figure and its fields.
 * @param choose Is told of each choice, at most once for each picture of the screen.
 */
export function linkTime(
  view: DrawnView,
  section: HTMLElement,
  unitSeconds: number,
  choose: (seconds: ChosenTime) => void,
): void {
  const field = (name: string) => section.querySelector<HTMLInputElement>(`[data-time='${name}']`)!;
  const [from, to] = [field("from"), field("to")];
  const end = Number(to.max);
  let waiting: number | undefined;
  const show = (chosen: readonly [number, number] | undefined) => {
    // While the mouse moves, only the last choice counts.
    if (waiting !== undefined) cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      const [first, last] = chosen ?? [0, end];
      view.signal("time_from", first).signal("time_to", last).run();
      choose(chosen && [first * unitSeconds, last * unitSeconds]);
    });
  };
  view.addSignalListener("window", (_, value) => {
    const { time } = value as { time?: readonly [number, number] };
    const chosen = time && [Math.min(...time), Math.max(...time)] as const;
    from.value = String(Number((chosen?.[0] ?? 0).toPrecision(6)));
    to.value = String(Number((chosen?.[1] ?? end).toPrecision(6)));
    show(chosen);
  });
  const read = () => {
    const [first, last] = [from, to].map((one) => one.value === "" ? NaN : Number(one.value));
    const isTime = first >= 0 && last > first;
    for (const one of [from, to]) one.setAttribute("aria-invalid", String(!isTime));
    if (isTime) show(first === 0 && last >= end * (1 - 1e-5) ? undefined : [first, last]);
  };
  for (const one of [from, to]) one.addEventListener("input", read);
  field("all").addEventListener("click", () => {
    [from.value, to.value] = ["0", String(Number(end.toPrecision(6)))];
    read();
  });
}

/**
 * Lets the names in the keys of a figure be reached and pressed by keys, as by the pointer: Enter or the
 * space bar shows that series alone, Escape all of them.
 */
export function linkKeys(element: HTMLElement, view: DrawnView): void {
  const names = () => element.querySelectorAll<SVGElement>(".role-legend-label text");
  const click = (target: Element) =>
    target.dispatchEvent(new MouseEvent("click", { bubbles: true, view: globalThis.window }));
  const isKey = (name: SVGElement) =>
    name.closest("g.role-legend-label")?.classList.contains("mark-text") === true &&
    getComputedStyle(name).pointerEvents !== "none";
  const mark = () => {
    for (const name of names()) {
      if (name.hasAttribute("tabindex") || !isKey(name)) continue;
      name.setAttribute("tabindex", "0");
      name.setAttribute("role", "button");
      name.setAttribute("aria-label", `Show ${name.textContent} alone; Escape shows all`);
    }
  };
  element.addEventListener("keydown", (event) => {
    const name = event.target as Element;
    if (name.getAttribute("role") !== "button" || name.closest(".role-legend-label") === null) {
      return;
    }
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      click(name);
      // A click beside all marks is what shows all series again.
    } else if (event.key === "Escape") click(element.querySelector("svg")!);
    else return;
    view.runAsync().then(mark);
  });
  mark();
}
