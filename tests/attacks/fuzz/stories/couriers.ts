import { ReturnView } from '#catalog/stock/return-schema'
import { DiscrepancyView } from '#dispatch/fleet/discrepancy-schema'
import { RouteView } from '#dispatch/fleet/schema'
import { Page } from '#platform/schema'
import { eventually, expectResponse } from '#platform/testing'
import { newId } from '#platform/values'
import { ownParcel, parcelOf, registerCourier } from '../../../e2e/courier-steps.ts'
import { staff } from '../../../e2e/open-shop.ts'
import { firstOf, orderBecomes, placeOrder, press, shipmentOf, toCourier } from '../../../e2e/purchase-steps.ts'
import { api, read, type Story } from './story.ts'

const dispatch = `${api}/dispatch`
const me = `${dispatch}/me`

/** A courier declines a parcel, staff give it to him, he delivers it; another parcel comes back to the shop. */
export const couriers: Story = async ({ step, shop }) => {
  const as = await registerCourier(shop)
  await step('staff', `PUT ${me}/duty`, { as, body: { duty: 'on', name: 'Пётр' } })
  const route = read(RouteView, await step('staff', `GET ${me}/route`, { as }))

  const first = await paidOrder()
  const offered = await parcelOf(shop, { id: first.id, courier: as, status: 'offered' })
  const one = { as, path: { id: offered.id } }
  await step('staff', `POST ${me}/parcels/{id}/decline`, one)
  const assigning = { as: staff, path: one.path, body: { courier_id: route.courier.id } }
  await step('staff', `POST ${dispatch}/parcels/{id}/assign`, assigning)
  await step('staff', `POST ${dispatch}/parcels/{id}/unassign`, { as: staff, path: one.path })
  await step('staff', `POST ${dispatch}/parcels/{id}/assign`, assigning)
  await step('staff', `GET ${dispatch}/parcels`, { as: staff })
  await step('staff', `PATCH ${dispatch}/parcels/{id}`, { as: staff, path: one.path, body: { volume_litres: 3 } })
  await step('staff', `GET ${dispatch}/board`, { as: staff })
  await step('staff', `GET ${dispatch}/board/events`, { as: staff })
  await step('staff', `POST ${dispatch}/board/events/token`, { as: staff })
  const { tracking_token } = await shipmentOf(shop, first)
  await step('customer', `GET ${dispatch}/track/{token}`, { as: first.as, path: { token: tracking_token } })
  await step('customer', `GET ${dispatch}/parcels/order/{order_id}`, { as: first.as, path: { order_id: first.id } })
  await step('staff', `POST ${me}/parcels/{id}/pick-up`, one)
  const now = () => new Date().toISOString()
  const positions = [{ at: now(), lat: 55.1, lng: 38.75, accuracy: 10 }]
  await step('staff', `POST ${me}/positions`, { as, body: { positions } })
  await step('staff', `POST ${me}/parcels/{id}/arrive`, one)
  const { pin } = await ownParcel(shop, first)
  await step('staff', `POST ${me}/parcels/{id}/deliver`, { ...one, body: { pin } })
  await orderBecomes(shop, first, 'fulfilled')
  // The stream of a delivered parcel ends at once.
  await step('customer', `GET ${dispatch}/track/{token}/events`, { as: first.as, path: { token: tracking_token } })
  await step('staff', `GET ${dispatch}/parcels/{id}/photos`, { as: staff, path: one.path })
  await step('customer', `GET ${dispatch}/parcels/order/{order_id}/photos`, {
    as: first.as,
    path: { order_id: first.id },
  })

  const second = await paidOrder()
  const { id } = await parcelOf(shop, { id: second.id, courier: as, status: 'offered' })
  const other = { as, path: { id } }
  await step('staff', `POST ${me}/parcels/{id}/accept`, other)
  const repeated = { id: newId(), at: now(), parcel_id: id, step: 'accept' }
  await step('staff', `POST ${me}/reports`, { as, body: { reports: [repeated] } })
  await step('staff', `POST ${me}/parcels/{id}/pick-up`, other)
  await step('staff', `POST ${me}/parcels/{id}/fail`, { ...other, body: { reason: 'no-answer' } })
  await step('staff', `POST ${me}/parcels/{id}/return`, other)
  await receiveGoods()
  const late = { id: newId(), at: now(), parcel_id: id, step: 'deliver' }
  await step('staff', `POST ${me}/reports`, { as, body: { reports: [late] } })
  const { items } = read(Page(DiscrepancyView), await step('staff', `GET ${dispatch}/discrepancies`, { as: staff }))
  const [discrepancy] = items
  await step('staff', `POST ${dispatch}/discrepancies/{id}/resolve`, { as: staff, path: { id: discrepancy?.id ?? '' } })
  await step('staff', `PUT ${me}/duty`, { as, body: { duty: 'off' } })

  /** Staff count the goods of the parcel that came back: first one piece too many. */
  async function receiveGoods() {
    const goods = { as: staff, path: { id: second.id } }
    await orderBecomes(shop, second, 'cancelled')
    const found = await eventually(async () =>
      expectResponse(await shop.send(staff, `GET /admin/returns/${second.id}`), 200, ReturnView),
    )
    await step('staff', `GET ${api}/admin/returns`, { as: staff })
    await step('staff', `GET ${api}/admin/returns/{id}`, goods)
    const countsOf = (more: number) =>
      found.items.map(({ variant_id, pieces }) => ({ variant_id, sellable: pieces - 1 + more, damaged: 1, lost: 0 }))
    const receive = `POST ${api}/admin/returns/{id}/receive` as const
    await step('staff', receive, { ...goods, body: { items: countsOf(1) }, refused: 409 })
    await step('staff', receive, { ...goods, body: { items: countsOf(0), note: 'a wet box' } })
  }

  async function paidOrder() {
    const customer = await shop.customer('Zoya')
    const { variant_id } = await firstOf(shop, 'teas')
    const { id } = await placeOrder(shop, customer, { ...toCourier, items: [{ variant_id, quantity: 1 }] })
    await orderBecomes(shop, { id, as: customer }, 'processing')
    await press(shop, id, 'approve')
    await orderBecomes(shop, { id, as: customer }, 'shipping')
    return { id, as: customer }
  }
}
