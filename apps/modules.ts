import { cart } from '#cart'
import { catalog } from '#catalog'
import { delivery } from '#delivery'
import { identity } from '#identity'
import { ordering } from '#ordering'
import { paymentRequested, paymentCancellationRequested } from '#ordering/events'
import { payments } from '#payments'
import type { Cache } from '#platform/cache'
import { persistedSecret, type Config } from '#platform/config'
import type { Db } from '#platform/db'
import { systemClock } from '#platform/values'

type Needs = Readonly<{ config: Config; db: Db; cache: Cache }>

/** Every module of the house, wired: who asks whom is said here and nowhere else. */
export function openModules({ config, db, cache }: Needs) {
  const now = systemClock
  const { tokens } = config
  const people = identity({
    db,
    now,
    tokens: { keys: keysOf(tokens.signing), ttl: tokens.accessTtl },
    machineTokens: { admin: tokens.adminToken, internal: tokens.internalToken },
    refreshTtl: tokens.refreshTtl,
    refreshGrace: tokens.refreshGrace,
    limits: config.limits,
  })
  const goods = catalog({ db, now, cache })
  const baskets = cart({ db, now, catalog: goods.api })
  const orders = ordering({ db, now, cart: baskets.api, catalog: goods.api, paymentTimeout: config.payments.timeout })
  const money = payments({
    db,
    now,
    sandboxMode: config.payments.sandbox,
    paymentRequests: [paymentRequested],
    paymentCancellations: [paymentCancellationRequested],
  })
  const parcels = delivery({ db, now, ordering: orders.api, sandbox: config.delivery.sandbox })
  return { modules: [people, goods, baskets, orders, money, parcels], identity: people, catalog: goods }
}

export type Modules = ReturnType<typeof openModules>

const keysOf = (signing: Config['tokens']['signing']) =>
  signing.kind === 'persisted-secret' ? ({ kind: 'secret', secret: persistedSecret(signing.file) } as const) : signing
