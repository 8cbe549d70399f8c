import { openDb, openPool, migrateUp } from '#platform/db'
import { seedCatalog } from './catalog-goods.ts'
const url = process.argv[2] ?? ''
const pool = openPool({ url, size: 4 })
await migrateUp(pool, { parts: ['catalog'] })
const t = performance.now()
await seedCatalog(openDb(pool), Number(process.argv[3]))
console.log(performance.now() - t)
await pool.end()
