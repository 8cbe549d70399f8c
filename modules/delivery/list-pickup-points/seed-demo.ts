import type { DeliveryDb } from '../store/tables.ts'

/** Inserts the pickup point of the demo shop. A second call changes nothing. */
export async function seedDemo(db: DeliveryDb): Promise<void> {
  await db
    .insertInto('delivery.pickup_points')
    .values({
      id: '0192f3c4-0000-7000-a000-000000000001',
      name: JSON.stringify({ ru: 'Лавка на Посаде', en: 'The shop on the Posad' }),
      address: JSON.stringify({ ru: 'Коломна, ул. Посадская, 12', en: 'Kolomna, 12 Posadskaya St' }),
      hours: JSON.stringify([
        { days: [1, 2, 3, 4, 5], opens: '10:00', closes: '20:00' },
        { days: [6, 7], opens: '11:00', closes: '18:00' },
      ]),
      timezone: 'Europe/Moscow',
      lat: 55.1022,
      lng: 38.7695,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}
