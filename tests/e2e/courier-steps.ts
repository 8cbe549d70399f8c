import { sql } from 'kysely'
import type { Static } from 'typebox'
import { OwnParcelView, RouteView, type ParcelView } from '#dispatch/fleet/schema'
import { SignedInView } from '#identity/schema'
import { eventually, expectResponse } from '#platform/testing'
import { guest, type Shop } from './open-shop.ts'
import { password, registerCustomer, type OwnOrder } from './purchase-steps.ts'

export type Parcel = Static<typeof ParcelView>

/** Registers an account with the role of a courier and returns its access token. The courier has no duty yet. */
export async function registerCourier(shop: Pick<Shop, 'app' | 'send'>): Promise<string> {
  const { user } = await registerCustomer(shop, 'courier')
  await sql`update identity.users set role = 'courier' where id = ${user.id}`.execute(shop.app.db)
  const login = await shop.send(guest, 'POST /auth/login', { body: { email: user.email, password } })
  return expectResponse(login, 200, SignedInView).access_token
}

/** Waits until the parcel of an order is with a courier in this status. */
export const parcelOf = (
  shop: Pick<Shop, 'send'>,
  { id, courier, status, within = 5000 }: { id: string; courier: string; status: string; within?: number },
) =>
  eventually(
    async (): Promise<Parcel> => {
      const { parcels } = expectResponse(await shop.send(courier, 'GET /dispatch/me/route'), 200, RouteView)
      const parcel = parcels.find(({ order_id }) => order_id === id)
      if (parcel?.status !== status) throw new Error(`The parcel is ${parcel?.status}, not ${status}`)
      return parcel
    },
    { within },
  )

/** The parcel as its customer sees it. */
export const ownParcel = async (shop: Shop, { id, as }: OwnOrder) =>
  expectResponse(await shop.send(as, `GET /dispatch/parcels/order/${id}`), 200, OwnParcelView)
