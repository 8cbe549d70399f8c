import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axeViolations } from './axe.ts'
import { noBrowser, phone, visit, visitorOf } from './browser.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop()
const skip = noBrowser

test(
  'the search suggests products and categories, and the arrow keys choose one while the focus stays (CAT-8, WEB-1, WEB-6)',
  { skip, timeout: 90_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser, { viewport: phone, bypassCSP: true })
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await visit(page, `${web.shop.address}/en`)
    const field = page.getByRole('combobox', { name: 'Find a tea' })
    const below = await page.locator('main').boundingBox()
    await field.pressSequentially('oolo')
    await page.getByRole('option', { name: /Oolong.*Category/ }).waitFor()
    const options = await page.getByRole('option').count()
    assert.ok(options > 2)
    assert.ok(asked.includes('/api/v1/catalog/suggestions') && !asked.includes('/api/v1/catalog/products'))
    await page.getByRole('status').getByText(`${options} suggestions`).waitFor()
    assert.deepEqual(await page.locator('main').boundingBox(), below, 'the page does not move')
    assert.deepEqual(await axeViolations(page), [])

    const active = () => field.getAttribute('aria-activedescendant')
    assert.deepEqual([await field.getAttribute('aria-expanded'), await active()], ['true', null])
    await field.press('ArrowUp')
    assert.equal(await active(), `suggestion-${options - 1}`, 'up from the field is the last option')
    await field.press('ArrowDown')
    assert.equal(await active(), null, 'after the last option comes the field')
    await field.press('ArrowDown')
    assert.equal(await page.locator('[role=option][aria-selected=true]').getAttribute('id'), await active())
    await field.press('Escape')
    assert.deepEqual([await field.getAttribute('aria-expanded'), await field.inputValue()], ['false', 'oolo'])
    await field.press('ArrowDown')
    await page.getByRole('option').first().waitFor()
    await field.press('ArrowUp')
    await field.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Oolong' }).waitFor()
    assert.equal(new URL(page.url()).pathname.split('/').at(-2), 'catalog')
    assert.deepEqual(problems, [])
    await close()
  },
)

test(
  'a misspelled search suggests other words, and a press on a suggestion opens its page (CAT-8, WEB-1)',
  { skip, timeout: 60_000 },
  async () => {
    const { page, problems, close } = await visitorOf(web.browser)
    await visit(page, `${web.shop.address}/en`)
    const field = page.getByRole('combobox', { name: 'Find a tea' })
    await field.fill('oolnog')
    await page.getByRole('option', { name: 'Did you mean: oolongs' }).click()
    await page.getByRole('heading', { level: 1, name: 'Search: oolongs' }).waitFor()
    assert.equal(await field.inputValue(), 'oolongs')
    await field.fill('lapsang')
    await page.getByRole('option', { name: /Lapsang/ }).click()
    await page.getByRole('heading', { level: 1, name: /Lapsang/ }).waitFor()
    assert.equal(await page.getByRole('option').count(), 0, 'the list is closed')
    assert.deepEqual(problems, [])
    await close()
  },
)
