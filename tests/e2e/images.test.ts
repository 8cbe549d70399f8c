import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import sharp from 'sharp'
import { CartView } from '#cart/schema'
import { Product } from '#catalog/products/schema'
import { AdminImage, AdminImageList } from '#media/schema'
import { eventually, expectResponse } from '#platform/testing'
import { guest, openShop, staff, type Shop } from './open-shop.ts'
import { goodsOf } from './purchase-steps.ts'
import { imageFile, settledImages, uploadImage } from './upload-image.ts'

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

const productOf = async (id: string) =>
  expectResponse(await shop.send(guest, `GET /catalog/products/${id}`), 200, Product)

test('an uploaded image gets its variants, and the product, the lists and the cart show them at once (MED-1, MED-2, CAT-6)', async () => {
  const [tea] = await goodsOf(shop, 'teas')
  assert.ok(tea)
  await productOf(tea.id)
  const first = expectResponse(await uploadImage(shop, tea.id, await imageFile(1500, 900)), 202, AdminImage)
  const second = expectResponse(await uploadImage(shop, tea.id, await imageFile(300)), 202, AdminImage)
  await settledImages(shop, tea.id)
  const shown = await eventually(async () => {
    const product = await productOf(tea.id)
    assert.deepEqual(
      product.images.map(({ id }) => id),
      [first.id, second.id],
    )
    return product
  })
  const [image] = shown.images
  assert.deepEqual(
    image?.variants.map(({ variant, width, height }) => [variant, width, height]),
    [
      ['thumb', 150, 90],
      ['md', 600, 360],
      ['lg', 1200, 720],
    ],
  )
  const md = image?.variants[1]?.url ?? ''
  assert.deepEqual([image?.url, image?.alt, shown.image], [image?.variants[2]?.url, shown.name, md])
  const response = await fetch(`${shop.address}${md}`)
  assert.match(response.headers.get('cache-control') ?? '', /immutable/)
  assert.equal((await sharp(Buffer.from(await response.arrayBuffer())).metadata()).format, 'webp')
  const listed = (await goodsOf(shop, 'teas')).find(({ id }) => id === tea.id) as { image?: string } | undefined
  assert.equal(listed?.image, md)
  const as = await shop.customer()
  const body = { variant_id: tea.variant_id, quantity: 1 }
  const cart = expectResponse(await shop.send(as, 'POST /cart/items', { body }), 200, CartView)
  assert.equal(cart.items[0]?.image, md)

  const order = { body: { image_ids: [second.id, first.id] } }
  expectResponse(await shop.send(staff, `PUT /admin/products/${tea.id}/images/order`, order), 200, AdminImageList)
  await eventually(async () => assert.equal((await productOf(tea.id)).images[0]?.id, second.id))
  for (const id of [first.id, second.id])
    assert.equal((await shop.send(staff, `DELETE /admin/images/${id}`)).status, 204)
  await eventually(async () => {
    const product = await productOf(tea.id)
    assert.deepEqual([product.images, product.image], [[], null])
  })
})
