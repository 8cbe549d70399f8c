import { withCluster, openBenchHouse, registerBuyers } from './bench-house.ts'
import { openServer } from '../apps/run.ts'
import { openLogs } from '#platform/telemetry'
import { statementsOf } from './recorder.ts'
await withCluster(async (c) => {
  const house = await openBenchHouse(c, { name: 'x', products: 100 })
  const server = await openServer({ house, logs: openLogs({ service: 'posad', version: 'bench', level: 'error' }) })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  const [b] = await registerBuyers(address, 1)
  const go = async () => { const a = await fetch(`${address}/api/v1/orders`, { method: 'POST', headers: { authorization: `Bearer ${b!.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ delivery_method: 'pickup', recipient_name: 'Anna' }) }); if (a.status !== 201) throw new Error(await a.text()) }
  await go(); await go()
  for (const s of await statementsOf(go)) console.log('---', s.text.replace(/\s+/g, ' ').slice(0, 260), JSON.stringify(s.values).length)
  // micro: TCP round trips
  const t = performance.now(); const cl = await house.pool.connect(); for (let i = 0; i < 3000; i++) await cl.query({ text: 'select 1', name: 'a' }); console.log('tcp us/roundtrip', (performance.now() - t) / 3); cl.release()
  const t2 = performance.now(); for (let i = 0; i < 1000; i++) await go(); console.log('serial order ms', (performance.now() - t2) / 1000)
  await server.close(); await house.close()
})
