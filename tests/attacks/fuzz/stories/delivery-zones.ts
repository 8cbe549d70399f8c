import { staff } from '../../../e2e/open-shop.ts'
import { firstOf } from '../../../e2e/purchase-steps.ts'
import { api, idOf, type Story } from './story.ts'

const admin = `${api}/admin/delivery-zones`

const body = { name: { ru: 'Рязань', en: 'Ryazan' }, places: ['Рязань'], fee: 30_000 }

/** Staff add a zone, which is off, change and delete it. A guest asks what the delivery costs. */
export const deliveryZones: Story = async ({ step, shop }) => {
  const as = staff
  const id = idOf(await step('staff', `POST ${admin}`, { as, body: { ...body, is_active: false } }))
  const one = { as, path: { id } }
  await step('staff', `PATCH ${admin}/{id}`, { ...one, body: { lat: 54.6 }, refused: 400 })
  await step('staff', `PATCH ${admin}/{id}`, { ...one, body: { fee: 40_000 } })
  await step('staff', `GET ${admin}`, { as })
  await step('guest', `GET ${api}/delivery/zones`)
  const { variant_id } = await firstOf(shop, 'teas')
  const quote = `POST ${api}/delivery/quote`
  await step('guest', quote, { body: { address: 'Рязань, Ленина 1', lines: [{ variant_id, quantity: 1 }] } })
  await step('guest', quote, { body: { lines: [{ variant_id: id, quantity: 1 }] }, refused: 409 })
  await step('staff', `DELETE ${admin}/{id}`, one)
  await deleteOthers()

  /** A random zone that is on would refuse the addresses of other stories. */
  async function deleteOthers() {
    const { body } = await shop.send(as, 'GET /admin/delivery-zones')
    for (const zone of (body as { items: { id: string }[] }).items)
      await shop.send(as, `DELETE /admin/delivery-zones/${zone.id}`)
  }
}
