import { Type } from 'typebox'
import { Id } from '#platform/schema'
import { eventually } from '#platform/testing'
import { staff } from '../../../e2e/open-shop.ts'
import { api, idOf, read, type Story } from './story.ts'

const dispatch = `${api}/dispatch`
const as = staff

const GridOrder = Type.Object({
  id: Id,
  status: Type.String(),
  courier_id: Type.Union([Id, Type.Null()]),
  location: Type.Object({ x: Type.Integer(), y: Type.Integer() }),
})

/** Staff add a courier to the grid; an order gets it, and the courier reports its way and the end. */
export const grid: Story = async ({ step, shop }) => {
  const id = idOf(await step('staff', `POST ${dispatch}/couriers`, { as, body: { name: 'Пётр', speed: 1 } }))
  const place = { name: 'Багажник', total_volume: 30 }
  await step('staff', `POST ${dispatch}/couriers/{id}/storage-places`, { as, path: { id }, body: place })
  await step('staff', `GET ${dispatch}/couriers`, { as })
  const body = { address: 'Коломна, Посадская 12', volume: 20 }
  const order_id = idOf(await step('staff', `POST ${dispatch}/orders`, { as, body }))
  await step('staff', `GET ${dispatch}/orders/active`, { as })
  const order = await eventually(async () => {
    const { rows } = await shop.app.pool.query('select * from dispatch.orders where id = $1', [order_id])
    const { location_x: x, location_y: y, ...row } = rows[0] as Record<string, unknown>
    const found = read(GridOrder, { ...row, location: { x, y } })
    if (found.courier_id === null) throw new Error('The order waits for a courier')
    return found
  })
  const courier = { id: order.courier_id ?? id }
  await step('staff', `POST ${dispatch}/couriers/{id}/move`, { as, path: courier, body: order.location })
  const path = { ...courier, order_id }
  await step('staff', `POST ${dispatch}/couriers/{id}/orders/{order_id}/complete`, { as, path })
  const giant = idOf(await step('staff', `POST ${dispatch}/orders`, { as, body: { ...body, volume: 10_000 } }))
  await step('staff', `POST ${dispatch}/orders/{id}/cancel`, { as, path: { id: giant } })
}
