import { openDb, openPool } from '#platform/db'
import { catalog } from '#catalog'
import { memoryCache } from '#platform/cache'
import { systemClock } from '#platform/words'
import { buildServer } from '#platform/http'
const pool = openPool({ url: process.argv[2] ?? '', size: 4 })
const db = openDb(pool)
const http = await buildServer({ modules: [catalog({ db, now: systemClock, cache: memoryCache({ maxBytes: 8 }) })], authenticate: async () => undefined, db })
const lists = ['', 'type=kind0&sort=price', 'type=kind3&sort=popular&page=2','category=cat-0&sort=-price','category=cat-42&sort=name','tag=tag-5&attr.color=c3','attr.taste=t2,t7&in_stock=true&sort=price','attr.maker=m40&price_min=2000&price_max=5000000&sort=price','attr.height=40..45&sort=price','type=kind0&attr.color=c2&attr.organic=true&in_stock=true&price_max=6000000','type=kind4&attr.color=c1&attr.maker=m2&tag=tag-1&attr.taste=t14','price_min=500000&price_max=500500&sort=newest','search=товар','search=word77','search=topic33+wor','search=topic33&type=kind1&attr.color=c5&sort=price','page=400&sort=price','type=kind0&facets=true','type=kind0&attr.color=c2&attr.organic=true&facets=true','search=wor','search=tpoic33']
for (const q of lists) {
  if (process.argv[3] && !q.includes(process.argv[3])) continue
  const t: number[] = []
  for (let i = 0; i < 25; i++) { const b = performance.now(); const a = await http.inject(encodeURI('/api/v1/catalog/products?' + q)); if (a.statusCode !== 200) console.log(a.body); if (i > 4) t.push(performance.now() - b) }
  t.sort((a, b) => a - b)
  console.log(q.padEnd(80), t[10]!.toFixed(1), t[19]!.toFixed(1))
}
await http.close(); await pool.end()
