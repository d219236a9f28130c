import { type Html, html } from "./html.ts";

/** A table of texts with its head; numbers are to the right. */
export function textTable(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { isNumber = () => false, label = caption }: {
    readonly isNumber?: (column: number) => boolean;
    readonly label?: string;
  } = {},
): Html {
  const cell = (text: string, i: number) =>
    isNumber(i) ? html`<td class="number">${text}</td>` : html`<td>${text}</td>`;
  return html`
    <div class="wide" role="region" aria-label="${label}" tabindex="0">
      <table>
        <caption>${caption}</caption>
        <thead>
          <tr>${head.map((text, i) =>
            isNumber(i)
              ? html`<th scope="col" class="number">${text}</th>`
              : html`<th scope="col">${text}</th>`
          )}</tr>
        </thead>
        <tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody>
      </table>
    </div>
  `;
}

/** A place for a figure, and what it shows in words. */
export function figurePlace(id: string, title: string, text: string): Html {
  return html`
    <figure>
      <figcaption><strong>${title}</strong> ${text}</figcaption>
      <div class="chart" id="${id}" role="group" aria-label="${title.replace(
        /\.$/,
        "",
      )}: ${text}"></div>
    </figure>
  `;
}

/** Sentences as a list; nothing where there are none. */
export function sentences(title: string, list: readonly string[]): Html {
  if (list.length === 0) return html``;
  return html`
    <h3>${title}</h3>
    <ul class="notices">${list.map((text) => html`<li>${text}</li>`)}</ul>
  `;
}

/** A part that is closed until it is opened. */
export function folded(title: string, content: Html): Html {
  return html`<details><summary>${title}</summary>${content}</details>`;
}

/** A value of a setting, as it is read. */
export function settingText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "–";
}
