import { chromium } from "npm:playwright-core@1.65.1";

/** The longest that a step in the page may take, milliseconds: a busy machine is no fault. */
export const LIMIT_MS = 120_000;

type Chromium = Awaited<ReturnType<typeof chromium.launch>>;

/** A page in a browser. */
export type Page = Awaited<ReturnType<Chromium["newPage"]>>;

/**
 * Opens a browser and a page of its own, and notes what the page says to the console, its errors, and
 * the addresses that it asks for and should not.
 */
export async function withWatchedPage(
  program: string,
  isOwn: (address: string) => boolean,
  use: (page: Page, browser: Chromium, said: readonly string[]) => Promise<void>,
): Promise<void> {
  const browser = await chromium.launch({
    executablePath: program,
    args: [
      ...(Deno.uid() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-dev-shm-usage",
    ],
    timeout: LIMIT_MS,
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(LIMIT_MS);
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("request", (request) => {
      if (!isOwn(request.url())) said.push(request.url());
    });
    await use(page, browser, said);
  } finally {
    await browser.close();
  }
}
