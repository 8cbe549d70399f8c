import { cart } from '#cart'
import { catalog } from '#catalog'
import { delivery } from '#delivery'
import { identity } from '#identity'
import { ordering } from '#ordering'
import { paymentDue, paymentNotDue } from '#ordering/events'
import { payments } from '#payments'
import type { Cache } from '#platform/cache'
import { keptSecret, type Config } from '#platform/config'
import type { Db } from '#platform/db'
import { systemClock } from '#platform/words'

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
  const baskets = cart({ db, now, catalog: goods.asks })
  const orders = ordering({ db, now, cart: baskets.asks, catalog: goods.asks, paymentTimeout: config.payments.timeout })
  const money = payments({
    db,
    now,
    sandboxMode: config.payments.sandbox,
    dues: [paymentDue],
    notDues: [paymentNotDue],
  })
  const parcels = delivery({ db, now, ordering: orders.asks, sandbox: config.delivery.sandbox })
  return { modules: [people, goods, baskets, orders, money, parcels], identity: people, catalog: goods }
}

export type Modules = ReturnType<typeof openModules>

const keysOf = (signing: Config['tokens']['signing']) =>
  signing.kind === 'kept-secret' ? ({ kind: 'secret', secret: keptSecret(signing.file) } as const) : signing
