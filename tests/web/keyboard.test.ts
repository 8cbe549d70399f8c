import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { desktop, noBrowser, phone, visit, visitorOf } from './browser.ts'
import { everyPage, openPage } from './every-page.ts'
import { signIn } from './sign-in.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

/**
 * Numbers the controls of a page, and records at which of them the focus arrives, and whether a reader sees it: the control, or
 * the label around it, gets another outline, shadow, border or background. Of a group of radio buttons one is a stop.
 */
const follow = `(() => {
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0
  const isStop = (element) => !element.disabled && element.tabIndex >= 0 && isShown(element)
  const groups = new Set()
  const isFirstOfGroup = (element) => {
    if (element.type !== 'radio') return true
    const name = (element.form?.id ?? '') + element.name
    if (groups.has(name)) return false
    groups.add(name)
    return true
  }
  const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')
  const controls = [...all].filter(isStop).filter(isFirstOfGroup)
  const keyOf = (element) => (element.type === 'radio' ? (element.form?.id ?? '') + element.name : element)
  const keys = controls.map(keyOf)
  const around = (element) => [element, element.nextElementSibling, element.parentElement, element.closest('label, form, li, article')]
  const lookOf = (element) =>
    around(element).filter(Boolean).map((each) => {
      const style = getComputedStyle(each)
      return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor, style.backgroundColor].join()
    }).join(' ')
  document.activeElement?.blur()
  const looks = new Map([...all].map((element) => [element, lookOf(element)]))
  const nameOf = (element) => element.tagName.toLowerCase() + ' ' + (element.ariaLabel || element.innerText || element.name || element.id || '').trim().slice(0, 40)
  window.focusLog = { names: controls.map(nameOf), reached: [], unseen: [] }
  // A page moves the focus by itself too: to its heading when it opens, or to a refused field, which may be now.
  let isByTab = false
  document.addEventListener('keydown', ({ key }) => (isByTab = key === 'Tab'), true)
  document.addEventListener('keyup', () => (isByTab = false), true)
  document.addEventListener('focusin', ({ target }) => {
    if (!isByTab) return
    isByTab = false
    const at = keys.indexOf(keyOf(target))
    focusLog.reached.push(at)
    const { x, y, width, height } = target.getBoundingClientRect()
    const isOnScreen = width > 0 && height > 0 && x + width > 0 && y + height > 0 && y < innerHeight && x < innerWidth
    if (!isOnScreen || lookOf(target) === looks.get(target)) focusLog.unseen.push(nameOf(target) + (isOnScreen ? '' : ' off screen'))
  })
  return controls.length
})()`

type FocusLog = Readonly<{ names: readonly string[]; reached: readonly number[]; unseen: readonly string[] }>

const isAround = 'focusLog.names.every((_, at) => focusLog.reached.includes(at))'

/**
 * Presses Tab through a page and once around: every control is reached, its focus is seen, and none keeps it. A page that
 * shows more controls meanwhile takes more presses.
 */
async function tabThrough(page: Page): Promise<readonly string[]> {
  const count = await page.evaluate<number>(follow)
  for (let presses = 0; presses < 2 * count + 20; presses++) {
    await page.keyboard.press('Tab')
    if (presses >= count + 6 && (await page.evaluate<boolean>(isAround))) break
  }
  const { names, reached, unseen } = await page.evaluate<FocusLog>('focusLog')
  const missed = names.filter((_, at) => !reached.includes(at))
  const stuck = names.length > 1 && reached.some((at, step) => at === reached[step + 1] && at === reached[step + 2])
  return [
    ...missed.map((name) => `Tab does not reach: ${name}`),
    ...unseen.map((name) => `the focus is not seen: ${name}`),
    ...(stuck ? ['the focus does not leave a control'] : []),
  ]
}

for (const [size, viewport] of Object.entries({ phone, desktop }))
  test(
    `Tab reaches every control of every page on a ${size}, and its focus is seen (WEB-6)`,
    { skip, timeout: 300_000 },
    async () => {
      const token = await web.shop.customer('Anna')
      const guest = await visitorOf(web.browser, { viewport, bypassCSP: true })
      const anna = await visitorOf(web.browser, { viewport, bypassCSP: true })
      await signIn(anna.page, { shop: web.shop, token })
      const found: string[] = []
      for (const shown of await everyPage(web.shop, token)) {
        const { page } = shown.isOwn ? anna : guest
        await openPage(page, { shop: web.shop, locale: 'en', shown })
        found.push(...(await tabThrough(page)).map((each) => `${shown.name}: ${each}`))
      }
      assert.deepEqual(found, [])
      await Promise.all([guest.close(), anna.close()])
    },
  )

test('a refused form has moved the focus before the reader can press another key (WEB-6)', { skip }, async () => {
  const { page, problems, close } = await visitorOf(web.browser)
  await visit(page, `${web.shop.address}/en/register`)
  // The script goes on after the microtasks of the press, and before any other task.
  const press = `document.querySelector('main button[type=submit]').click()`
  assert.equal(
    await page.evaluate(`(async () => { ${press}; await 0; return document.activeElement.name })()`),
    'email',
  )
  assert.deepEqual(problems, [])
  await close()
})

/** Presses a key until the focus is at a control of this name. */
async function pressUntil(page: Page, key: 'Tab' | 'Shift+Tab', name: RegExp): Promise<void> {
  for (let presses = 0; presses < 90; presses++) {
    const focused = await page.evaluate<string>(
      `(() => {
        const { activeElement: at } = document
        return (at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText ?? at.innerText).trim()
      })()`,
    )
    if (name.test(focused)) return
    await page.keyboard.press(key)
  }
  assert.fail(`no ${String(name)} within 90 presses`)
}

test('a reader searches, orders and pays by keyboard alone (WEB-6)', { skip, timeout: 120_000 }, async () => {
  const { page, problems, close } = await visitorOf(web.browser)
  const go = async (name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab') => {
    await pressUntil(page, key, name)
    await page.keyboard.press('Enter')
  }
  const type = async (name: RegExp, text: string) => {
    await pressUntil(page, 'Tab', name)
    await page.keyboard.type(text)
  }
  await visit(page, `${web.shop.address}/en`)
  await type(/^Find a tea/, 'lapsang')
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: /Lapsang/ }).waitFor()
  await pressUntil(page, 'Tab', /^50 g/)
  await page.keyboard.press('ArrowRight')
  await page.locator('label.variant', { hasText: '100 g' }).locator('input:checked').waitFor({ state: 'attached' })
  await go(/^Add to cart$/)
  await page.getByRole('link', { name: 'Cart: 1 item' }).waitFor()
  await go(/^Cart: 1 item/, 'Shift+Tab')
  await page.getByRole('heading', { level: 1, name: 'Cart' }).waitFor()
  await go(/^Check out/)
  await page.getByRole('heading', { name: 'Checkout' }).waitFor()
  await page.getByLabel('City').waitFor()
  await type(/^City/, 'Kolomna')
  await type(/^Street/, 'Posadskaya')
  await type(/^Building/, '3')
  await type(/^Name/, 'Anna')
  await type(/^Telephone/, '+7 912 345-67-89')
  await page.getByRole('button', { name: /^Order for/ }).waitFor()
  await go(/^Order for/)
  await page.getByRole('button', { name: 'Approve' }).waitFor()
  await go(/^Approve/)
  await page.getByText('We received the payment').waitFor()
  await go(/^To the order/)
  await page.getByText('Delivery arranged').waitFor()
  assert.deepEqual(problems, [])
  await close()
})
