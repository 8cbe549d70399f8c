import { staff } from '../../../e2e/open-shop.ts'
import { api, idOf, type Story } from './story.ts'

const admin = `${api}/admin`

const body = {
  name: { ru: 'Склад', en: 'The warehouse' },
  address: { ru: 'Коломна, ул. Лажечникова, 5', en: 'Kolomna, 5 Lazhechnikova St' },
  hours: [{ days: [6, 7], opens: '10:00', closes: '16:00' }],
  timezone: 'Europe/Moscow',
}

/** Staff add a pickup point, change and close it. */
export const pickupPoints: Story = async ({ step }) => {
  const as = staff
  const id = idOf(await step('staff', `POST ${admin}/pickup-points`, { as, body }))
  await step('staff', `PATCH ${admin}/pickup-points/{id}`, { as, path: { id }, body: { ...body, is_active: false } })
  await step('staff', `GET ${admin}/pickup-points`, { as })
  await step('guest', `GET ${api}/delivery/pickup-points`)
}
