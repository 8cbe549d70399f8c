import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addToCart, buyerOf, buyers, changePrice, deliver, goToCheckout, sellOut } from './buyers.ts'
import { noBrowser, visit } from './browser.ts'
import { fillAddress } from './checkout-steps.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop({ MAX_HELD_PER_VARIANT: '20' })
const skip = noBrowser

/** Each buyer has goods of her own: a test changes their price and stock. */
const goods = {
  'a guest': { soldOut: ['sencha', 'SENCHA-50', 'Fukamushi'], dearer: ['ivan-chai', 'IVAN-CHAI-50', '₽320'] },
  'a signed-in buyer': { soldOut: ['dun-din', 'DUN-DIN-50', 'Dong Ding'], dearer: ['shou-mei', 'SHOU-MEI-50', '₽880'] },
} as const

for (const buyer of buyers) {
  test(
    `search, filter, product, cart, checkout, payment, a timeline that moves by itself, and again: ${buyer} (WEB-1, WEB-6)`,
    { skip, timeout: 120_000 },
    async () => {
      const { page, problems, close } = await buyerOf(web, buyer)
      await visit(page, `${web.shop.address}/en`)
      await page.getByRole('combobox', { name: 'Find a tea' }).fill('oolo')
      await page.getByRole('option').first().waitFor()
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Search: oolo' }).waitFor()
      await page.locator('label.option', { hasText: 'nutty' }).click()
      await page.getByRole('link', { name: 'Remove the filter “nutty”' }).waitFor()
      await page.getByRole('link', { name: 'Da Hong Pao' }).click()
      await page.getByRole('heading', { level: 1, name: 'Da Hong Pao' }).waitFor()
      await page.locator('label.variant', { hasText: '100 g' }).click()
      await page.getByRole('button', { name: 'More' }).first().click()
      await page.getByRole('button', { name: 'Add to cart', exact: true }).click()
      await page.getByRole('link', { name: 'Cart: 2 items' }).waitFor()
      await goToCheckout(page)
      await page.getByRole('button', { name: 'Place the order' }).click()
      assert.ok((await page.locator('[aria-invalid="true"]').count()) > 0, 'empty fields are marked')
      await fillAddress(page)
      await page.getByRole('button', { name: /^Order for ₽3,380$/ }).click()
      await page.getByRole('button', { name: 'Approve' }).click()
      await page.getByText('We received the payment').waitFor()
      await page.getByRole('link', { name: 'To the order' }).click()
      await page.getByRole('heading', { level: 1, name: /^Order \d{4}-/ }).waitFor()
      await page.getByText('Delivery arranged').waitFor()
      await deliver(web.shop, page)
      await page.getByText('Thank you! Enjoy it.').waitFor()
      await page.getByText('Order received').waitFor()
      await page.getByRole('button', { name: 'Order again' }).click()
      await page.getByRole('heading', { level: 2, name: 'Da Hong Pao, 100 g' }).waitFor()
      await page.getByRole('link', { name: 'Cart: 2 items' }).waitFor()
      await page.getByRole('link', { name: 'Check out' }).click()
      await page.getByRole('heading', { name: 'Checkout' }).waitFor()
      assert.deepEqual(problems, [])
      await close()
    },
  )

  test(
    `a declined payment is tried again from the order, and succeeds: ${buyer} (PAY-3, WEB-1)`,
    { skip, timeout: 90_000 },
    async () => {
      const { page, problems, close } = await buyerOf(web, buyer)
      await addToCart(page, web.shop, 'dian-hun')
      await goToCheckout(page)
      await fillAddress(page)
      await page.getByRole('button', { name: 'Order for ₽670' }).click()
      await page.getByRole('button', { name: 'Decline' }).click()
      await page.getByText('No money was charged').waitFor()
      await page.getByRole('button', { name: 'Pay again' }).waitFor()
      await page.getByRole('link', { name: 'To the order' }).click()
      await page.getByText('The bank declined the payment. No money was charged; you can pay again.').waitFor()
      await page.getByRole('link', { name: 'Pay', exact: true }).click()
      await page
        .getByRole('button', { name: /^(Approve|Pay again)$/ })
        .first()
        .waitFor()
      const again = page.getByRole('button', { name: 'Pay again' })
      if (await again.isVisible()) await again.click()
      await page.getByRole('button', { name: 'Approve' }).click()
      await page.getByText('We received the payment').waitFor()
      await page.getByRole('link', { name: 'To the order' }).click()
      await page.getByText('Delivery arranged').waitFor()
      assert.equal(await page.getByText('The bank declined the payment. No money').count(), 0)
      assert.deepEqual(problems, [])
      await close()
    },
  )

  test(
    `a product that is sold out while it is in the cart is marked, and the rest is ordered: ${buyer} (CART-3, WEB-1)`,
    { skip, timeout: 90_000 },
    async () => {
      const [slug, sku, name] = goods[buyer].soldOut
      const { page, problems, close } = await buyerOf(web, buyer)
      await addToCart(page, web.shop, slug)
      await addToCart(page, web.shop, 'dian-hun')
      await sellOut(web.shop, sku)
      await visit(page, `${web.shop.address}/en/cart`)
      await page.getByText('Sold out').waitFor()
      await page.getByRole('alert').getByText('Lower the quantity or remove the product to check out.').waitFor()
      assert.equal(await page.getByRole('link', { name: 'Check out' }).count(), 0)
      await page.getByRole('button', { name: new RegExp(`^Remove: ${name}`) }).click()
      await page.getByRole('link', { name: 'Check out' }).click()
      await fillAddress(page)
      await page.getByRole('radio', { name: /^On delivery/ }).check()
      await page.getByRole('button', { name: 'Order for ₽670' }).click()
      await page.getByRole('heading', { level: 1, name: /^Order \d{4}-/ }).waitFor()
      assert.deepEqual(problems, [])
      await close()
    },
  )

  test(
    `a price that changes, and goods that run out, while one checks out are named before the order: ${buyer} (ORD-1, WEB-1)`,
    { skip, timeout: 90_000 },
    async () => {
      const [slug, sku, price] = goods[buyer].dearer
      const { page, problems, close } = await buyerOf(web, buyer)
      await addToCart(page, web.shop, slug)
      await goToCheckout(page)
      await fillAddress(page)
      await page.getByText('Free · We deliver to your address').waitFor()
      await page.getByRole('button', { name: `Order for ${price}` }).waitFor()
      await changePrice(web.shop, sku, 95_000)
      await page.getByRole('button', { name: `Order for ${price}` }).click()
      await page.getByText('The price has changed: it is ₽950 now').waitFor()
      assert.equal(await page.getByLabel('City').inputValue(), 'Kolomna', 'the form keeps its fields')
      await page.getByRole('button', { name: 'Order for ₽950' }).waitFor()
      await sellOut(web.shop, sku)
      await page.getByRole('button', { name: 'Order for ₽950' }).click()
      await page.locator('.alert').waitFor()
      await page.getByRole('link', { name: 'Back to the cart' }).click()
      await page.getByText('Sold out').first().waitFor()
      assert.deepEqual(problems, [])
      await close()
    },
  )
}

test(
  'the pages say how many pieces one order takes, before and after a buyer orders more (ORD-12, WEB-1)',
  { skip, timeout: 90_000 },
  async () => {
    const { page, problems, close } = await buyerOf(web, 'a guest')
    await visit(page, `${web.shop.address}/en/product/chashka-kobalt`)
    const more = page.getByRole('button', { name: 'More' }).first()
    const limit = page.getByText('At most 20 in one order. Pay for it, then order more.')
    for (let pieces = 1; pieces < 20; pieces++) {
      assert.equal(await limit.count(), 0)
      await more.click()
    }
    await limit.waitFor()
    assert.ok(await more.isDisabled())
    const add = page.getByRole('button', { name: 'Add to cart', exact: true })
    await add.click()
    for (let pieces = 20; pieces > 5; pieces--) await page.getByRole('button', { name: 'Fewer' }).first().click()
    await add.click()
    await page.getByRole('link', { name: 'Cart: 25 items' }).click()
    await limit.waitFor()
    await page.getByRole('link', { name: 'Check out' }).click()
    await fillAddress(page)
    await page.getByRole('button', { name: /^Order for / }).click()
    await page
      .getByText('Unpaid orders take at most 20 of one item. Order fewer and pay, then order the rest.')
      .waitFor()
    assert.deepEqual(problems, [])
    await close()
  },
)
