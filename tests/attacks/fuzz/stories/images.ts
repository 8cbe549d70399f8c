import { AdminImage } from '#media/schema'
import { expectResponse } from '#platform/testing'
import { staff } from '../../../e2e/open-shop.ts'
import { imageFile, settledImages, uploadImage } from '../../../e2e/upload-image.ts'
import { goodsOf } from '../../../e2e/purchase-steps.ts'
import { api, read, type Story } from './story.ts'

const admin = `${api}/admin`

/** Staff upload two images, one of them damaged, order, retry and delete them. A program outside delivers the variants. */
export const images: Story = async ({ step, shop }) => {
  const as = staff
  const [product] = await goodsOf(shop, 'teas')
  const id = product?.id ?? ''
  const damaged = (await imageFile(600)).subarray(0, -200)
  const first = expectResponse(await uploadImage(shop, id, await imageFile(640)), 202, AdminImage)
  const second = expectResponse(await uploadImage(shop, id, damaged), 202, AdminImage)
  await step('staff', `GET ${admin}/products/{id}/images`, { as, path: { id } })
  await step('staff', `GET ${api}/internal/images`, { as })
  await step('staff', `PUT ${admin}/products/{id}/images/order`, {
    as,
    path: { id },
    body: { image_ids: [] },
    refused: 409,
  })
  await step('staff', `PUT ${admin}/products/{id}/images/order`, {
    as,
    path: { id },
    body: { image_ids: [second.id, first.id] },
  })
  await settledImages(shop, id)
  const retry = `POST ${admin}/images/{id}/retry`
  await step('staff', retry, { as, path: { id: first.id }, refused: 409 })
  read(AdminImage, await step('staff', retry, { as, path: { id: second.id } }))
  const [, image] = await settledImages(shop, id)
  const failure = `POST ${api}/internal/images/{id}/failure`
  const reason = 'damaged-image'
  await step('staff', failure, { as, path: { id: second.id }, body: { generation: 1, reason }, refused: 409 })
  await step('staff', failure, { as, path: { id: second.id }, body: { generation: 2, reason } })
  const variants = (image?.variants ?? []).map(({ url: _, ...variant }) => variant)
  const deliver = `POST ${api}/internal/images/{id}/variants`
  await step('staff', deliver, {
    as,
    path: { id: first.id },
    body: variants as unknown as Readonly<Record<string, unknown>>,
  })
  await step('staff', `DELETE ${admin}/images/{id}`, { as, path: { id: second.id } })
}
