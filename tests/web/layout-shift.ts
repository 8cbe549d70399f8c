import type { BrowserContextOptions, Browser, Page } from 'playwright-core'
import { eventually } from '#platform/testing'
import { visitorOf } from './browser.ts'

/** One movement of content that the reader did not cause. */
type Shift = Readonly<{ value: number; sources: readonly string[] }>

/** Collects the layout shifts of a page; those within half a second of a press do not count. */
const observer = `
  window.shifts = []
  const nameOf = (node) => {
    const element = node?.nodeType === 1 ? node : node?.parentElement
    return element ? element.tagName.toLowerCase() + (element.id ? '#' + element.id : '') + [...element.classList].map((each) => '.' + each).join('') : 'gone'
  }
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput) shifts.push({ value, sources: sources.map(({ node, previousRect, currentRect }) =>
        nameOf(node) + ' ' + Math.round(previousRect.y) + '+' + Math.round(previousRect.height) + ' → ' + Math.round(currentRect.y) + '+' + Math.round(currentRect.height)) })
  }).observe({ type: 'layout-shift', buffered: true })
`

/** Counts the requests that have no answer yet; a stream of events never ends, so it does not count. */
function followRequests(page: Page): () => number {
  let open = 0
  const counts = (type: string) => type !== 'eventsource'
  page.on('request', (request) => (open += Number(counts(request.resourceType()))))
  page.on('requestfinished', (request) => (open -= Number(counts(request.resourceType()))))
  page.on('requestfailed', (request) => (open -= Number(counts(request.resourceType()))))
  return () => open
}

export type MeasuredPage = Readonly<{
  page: Page
  /** Waits until every request is answered and the page has drawn the answers. */
  settled: () => Promise<void>
  shifts: () => Promise<readonly Shift[]>
  close: () => Promise<void>
}>

/** A reader with an empty cache on a processor that is four times slower. */
export async function slowReader(browser: Browser, options: BrowserContextOptions): Promise<MeasuredPage> {
  const { page, close } = await visitorOf(browser, options)
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.addInitScript(observer)
  const openRequests = followRequests(page)
  const settled = async () => {
    for (let quiet = 0; quiet < 3; quiet++) {
      await eventually(async () => {
        if (openRequests() > 0) throw new Error(`${openRequests()} requests have no answer`)
      })
      await page.evaluate(
        'document.fonts.ready.then(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 60))))',
      )
    }
  }
  return { page, settled, shifts: () => page.evaluate<readonly Shift[]>('window.shifts'), close }
}

/** The sum of all shifts of a page; a browser counts the worst five seconds, which are at most as much. */
export const sumOf = (shifts: readonly Shift[]): number => shifts.reduce((sum, { value }) => sum + value, 0)

/** The shifts for a person who reads a failed test. */
export const textOf = (shifts: readonly Shift[]): string =>
  shifts.map(({ value, sources }) => `${value.toFixed(4)} ${sources.join(', ')}`).join('; ')
