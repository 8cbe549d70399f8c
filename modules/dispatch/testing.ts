import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { storeNothing } from '#platform/outcome'
import { openStorage } from '#platform/storage'
import { assertNoViolations, openTestApi, testDatabase } from '#platform/testing'
import { newId } from '#platform/values'
import type { Contract } from './contract.ts'
import { course, type CourseMessages } from './course/index.ts'
import { embeddedGeo } from './geo/embedded.ts'
import type { Geo } from './geo/geo.ts'
import { fleet, type FleetSettings } from './fleet/index.ts'
import { dispatch } from './index.ts'

type Cell = Readonly<{ x: number; y: number }>

/** Finds the cell that an address names, such as `3,4`; others by the embedded geo. */
const namedCells: Geo = {
  locate: async (address) => {
    const [, x, y] = (typeof address === 'string' && /^cell (\d+),(\d+)$/.exec(address)) || []
    return x && y ? { x: Number(x), y: Number(y) } : await embeddedGeo.locate(address)
  },
}

/** The shop of the tests. */
export const depot = { lat: 55.1, lng: 38.75 }

const fleetSettings: FleetSettings = {
  offerTime: 60_000,
  promise: 5_400_000,
  depot,
  metric: 'haversine',
  proof: 'pin',
  positionRetention: 7 * 86_400_000,
  photoRetention: 90 * 86_400_000,
}

type Changes = Readonly<{ geo?: Geo; fleet?: Partial<FleetSettings> }>

type GridTraits = Readonly<{ step?: number; contract?: Contract; messages?: CourseMessages | undefined }>

/** Opens dispatch over a database of its own, with its HTTP API and a clock that tests set. */
export async function openDispatchTest({ geo = namedCells, fleet: changes = {} }: Changes = {}) {
  const database = await testDatabase({ size: 20 })
  let time = new Date('2026-11-21T09:00:00Z')
  const now = () => time
  const period = { unit: 'hours', zone: 'Europe/Moscow' } as const
  const gridOver = (db: Db, { step = 0, contract = 'b', messages }: GridTraits = {}) =>
    course({ db, now, geo, draw: () => 0, contract, step, courseApi: undefined, period, messages })
  const grid = gridOver(database.db)
  const settings = { ...fleetSettings, ...changes }
  const directory = await mkdtemp(join(tmpdir(), 'posad-dispatch-'))
  const place = {
    place: { kind: 'local' },
    publicBaseUrl: undefined,
    linkSecret: 'the secret of the links to files',
  } as const
  const rates = { files: { count: 1000, seconds: 60, burst: 1000 } }
  const files = openStorage({ settings: { ...place, rates }, directory, now, origin: () => '' })
  const { storage } = files
  const module = dispatch({ db: database.db, now, contract: 'b', step: 1000, geo, fleet: settings, storage })
  const api = await openTestApi([module, { name: 'files', api: undefined, pages: files.pages }])
  const fleetOver = (db: Db) => fleet({ db, now, storage, ...settings })
  const run = (statement: ReturnType<typeof sql>) => statement.execute(database.db)

  return {
    ...database,
    module,
    api,
    storage,
    grid,
    fleet: fleetOver(database.db),
    /** The areas as another process has them. */
    elsewhere: () => {
      const db = database.openSecondDb()
      return { grid: gridOver(db), fleet: fleetOver(db) }
    },
    /** The slices of a grid whose couriers move once an hour. */
    hourlyGrid: () => gridOver(database.db, { step: 3_600_000 }),
    gridOver,
    /** The slices of a grid with another contract, and the subscriptions of its module. */
    gridOf: (contract: Contract, db: Db = database.db) => {
      const ofContract = gridOver(db, { contract })
      return { grid: ofContract, module: { name: 'dispatch', subscriptions: ofContract.subscriptions } }
    },
    now,
    advance: (milliseconds: number) => {
      time = new Date(time.getTime() + milliseconds)
    },
    /** Creates a courier in a cell. */
    addCourier: async ({ speed = 1, at = { x: 1, y: 1 } }: { speed?: number; at?: Cell } = {}) => {
      const id = newId()
      const outcome = await grid.createCourier({ id, name: 'Пётр', speed }, storeNothing)
      assert.equal(outcome.kind, 'created')
      await run(sql`update dispatch.couriers set location_x = ${at.x}, location_y = ${at.y} where id = ${id}`)
      return id
    },
    /** Creates an order for a cell. */
    addOrder: async ({
      at = { x: 1, y: 1 },
      volume = 5,
      id = newId(),
    }: { at?: Cell; volume?: number; id?: string } = {}) => {
      const outcome = await grid.createOrder({ id, address: `cell ${at.x},${at.y}`, volume }, storeNothing)
      assert.ok(outcome.kind === 'created' || outcome.kind === 'exists')
      return id
    },
    orderRow: async (id: string) => {
      const { rows } = await sql<{ status: string; courier_id: string | null; version: number }>`
        select * from dispatch.orders where id = ${id}`.execute(database.db)
      return rows[0] ?? assert.fail(`There is no order ${id}`)
    },
    courierCell: async (id: string) => {
      const { rows } = await sql<Cell>`
        select location_x as x, location_y as y from dispatch.couriers where id = ${id}`.execute(database.db)
      return rows[0]
    },
    /** The types of the events of an order, without module and version. */
    typesOf: async (order_id: string): Promise<string[]> => {
      const { rows } = await sql<{ type: string }>`
        select type from platform.event where partition_key = ${order_id} and source = 'dispatch' order by id
      `.execute(database.db)
      return rows.map(({ type }) => /^dispatch\.(.+)\.v1$/.exec(type)?.[1] ?? type)
    },
    /** The changes of an order in short: `created`, `assigned`, `completed`, `cancelled`. */
    eventsOf: async (order_id: string): Promise<string[]> => {
      const { rows } = await sql<{ type: string }>`
        select type from platform.event where partition_key = ${order_id} and type like 'dispatch.course-order-%' order by id
      `.execute(database.db)
      return rows.map(({ type }) => /-order-(.+)\.v1$/.exec(type)?.[1] ?? type)
    },
    assertNoViolations: () => assertNoViolations(module),
    async close() {
      await api.close()
      await database.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type DispatchTest = Awaited<ReturnType<typeof openDispatchTest>>
