import { Page } from '#platform/schema'
import { Type } from 'typebox'
import { staff } from '../../../e2e/open-shop.ts'
import { api, idOf, read, type Story } from './story.ts'

const admin = `${api}/admin/webhooks`
const Listed = Page(Type.Object({ id: Type.String() }))

/** Staff connect a program of the merchant, test it, and look at the log. The address answers nothing. */
export const webhooks: Story = async ({ step }) => {
  const as = staff
  await step('staff', `GET ${admin}/event-types`, { as })
  const body = { url: 'https://receiver.invalid/events', event_types: ['ordering.order-paid.v1'] }
  const id = idOf(await step('staff', `POST ${admin}`, { as, body }))
  await step('staff', `POST ${admin}`, { as, body: { ...body, url: 'https://10.0.0.1/' }, refused: 400 })
  await step('staff', `GET ${admin}`, { as })
  await step('staff', `GET ${admin}/{id}`, { as, path: { id } })
  await step('staff', `POST ${admin}/{id}/secret`, { as, path: { id }, body: { overlap_hours: 1 } })
  await step('staff', `POST ${admin}/{id}/ping`, { as, path: { id } })
  const { items } = read(Listed, await step('staff', `GET ${admin}/{id}/deliveries`, { as, path: { id } }))
  const path = { id, delivery_id: items[0]?.id ?? '' }
  await step('staff', `GET ${admin}/{id}/deliveries/{delivery_id}`, { as, path })
  await step('staff', `POST ${admin}/{id}/deliveries/{delivery_id}/retry`, { as, path })
  await step('staff', `PATCH ${admin}/{id}`, { as, path: { id }, body: { is_active: false } })
  await step('staff', `POST ${admin}/{id}/ping`, { as, path: { id }, refused: 409 })
  await step('staff', `DELETE ${admin}/{id}`, { as, path: { id } })
  await step('staff', `DELETE ${admin}/{id}`, { as, path: { id }, refused: 404 })
}
