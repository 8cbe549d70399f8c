import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

/** Debian's Chromium, unless the machine names another. */
const program = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** The reason why a test with a browser is skipped on this machine; false when it is not. */
export const noBrowser: string | false = existsSync(program)
  ? false
  : `there is no browser at ${program}: install chromium, or name one in CHROMIUM`

/** Starts a browser without a window that asks no server of its maker. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: program,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

export const phone = { width: 360, height: 740 }
export const desktop = { width: 1280, height: 900 }

type Visitor = Readonly<{ page: Page; problems: string[]; close: () => Promise<void> }>

/** A person with an empty browser. `problems` collects the errors of scripts. */
export async function visitorOf(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: desktop,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.stack ?? error.message))
  page.on('console', (message) => {
    // The browser reports each refused request, which a page answers with words.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      problems.push(message.text())
  })
  return { page, problems, close: () => context.close() }
}

/** Opens a page and waits until its script has run. */
export async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address)
  // `waitForFunction` would evaluate a text in the page, which the policy of the page forbids.
  await page.locator('html[data-ready]').waitFor({ state: 'attached' })
}
