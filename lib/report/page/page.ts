import type { PageData } from "./page_data.ts";
import { constantHtml, embeddedJson, type Html, html } from "./html.ts";
import { drawingPrograms } from "./libraries.ts";
import { pageProgram } from "./page_program.ts";
import style from "./page.css" with { type: "text" };
import theme from "./theme.css" with { type: "text" };

const GENERATOR = '<meta name="generator" content="SimFaaSInfer report">';

/** Whether a text is a report of ours. */
export function isReport(text: string): boolean {
  return text.slice(0, 4000).includes(GENERATOR);
}

/** A page without its programs. */
export interface PageContent {
  readonly title: string;
  readonly body: Html;
  readonly data: PageData;
}

/**
 * A page of one file: it opens from a disk, asks no other machine for anything, and runs no code but
 * that whose digest it names.
 */
export async function pageText({ title, body, data }: PageContent): Promise<string> {
  const programs = [...await drawingPrograms(), pageProgram()].map((text) => `\n${text}\n`);
  const digests = await Promise.all(programs.map(digest));
  const policy = [
    "default-src 'none'",
    `script-src ${digests.map((one) => `'sha256-${one}'`).join(" ")}`,
    // Vega sets styles of its elements.
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const page = html`
    <!doctype html>
    <html lang="en">
      <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    ${constantHtml(GENERATOR)}
    <meta name="referrer" content="no-referrer">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <style>${constantHtml(theme + style)}</style>
      </head>
      <body>
    <a class="skip" href="#main">To the answer</a>
    ${body}
    <script type="application/json" id="data">${constantHtml(embeddedJson(data))}</script>
    ${programs.map((text) => constantHtml(`<script>${text}</script>`))}
      </body>
    </html>
  `;
  return page.html;
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(bytes).toBase64();
}
