import { seconds } from '#platform/values'
import type { Address } from './address.ts'
import type { Addresses } from './addresses.ts'

const interval = seconds(2)
const timeLimit = seconds(2)

/** Asks every address again and again whether it is ready. Returns a function that ends it. */
export function probeReadiness(addresses: Addresses, path: string): () => void {
  const stopping = new AbortController()
  const probeAll = async () => {
    const list = await addresses.list().catch(() => [])
    // The only address gets all requests in any case.
    if (list.length < 2) return
    await Promise.all(list.map(async (address) => await probe(address, path, stopping.signal)))
  }
  const timer = setInterval(() => void probeAll(), interval)
  timer.unref()
  return () => {
    clearInterval(timer)
    stopping.abort()
  }
}

async function probe(address: Address, path: string, stopping: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeLimit)])
  try {
    const { status, body } = await address.send({ method: 'GET', path, headers: {}, signal })
    body.destroy()
    address.recordReadiness(status < 500)
  } catch {
    if (!stopping.aborted) address.recordReadiness(false)
  }
}
