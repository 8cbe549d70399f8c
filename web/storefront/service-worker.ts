declare const __FILES__: readonly string[]
declare const __VERSION__: string

const worker = globalThis as unknown as ServiceWorkerGlobalScope

/** The program and the look of the shop, for one version of the pages. */
const files = `posad-files-${__VERSION__}`
/** The last pictures that the reader saw. */
const pictures = 'posad-pictures'
const offlinePages = ['/ru/offline', '/en/offline', '/ru/cart', '/en/cart']

worker.addEventListener('install', (event) => {
  const fill = async () => {
    const cache = await caches.open(files)
    await cache.addAll([...__FILES__, '/theme.css', ...offlinePages])
    await worker.skipWaiting()
  }
  event.waitUntil(fill())
})

worker.addEventListener('activate', (event) => {
  const clean = async () => {
    const names = await caches.keys()
    const old = names.filter((name) => name.startsWith('posad-') && name !== files && name !== pictures)
    await Promise.all(old.map((name) => caches.delete(name)))
    await worker.clients.claim()
  }
  event.waitUntil(clean())
})

worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return
  if (url.pathname.startsWith('/assets/')) event.respondWith(stored(request, files))
  else if (url.pathname.startsWith('/media/')) event.respondWith(stored(request, pictures))
  else if (url.pathname.startsWith('/shop-art/')) event.respondWith(fresh(request))
  else if (request.mode === 'navigate' && /^\/(ru|en)(\/|$)/.test(url.pathname)) event.respondWith(page(request, url))
})

/** A file never changes under its address, so the stored one is right. */
async function stored(request: Request, name: string): Promise<Response> {
  const cache = await caches.open(name)
  const found = await cache.match(request)
  if (found) return found
  const response = await fetch(request)
  if (response.ok) await cache.put(request, response.clone())
  return response
}

/** A drawing follows its product: the stored one is for readers without a network. */
async function fresh(request: Request): Promise<Response> {
  const cache = await caches.open(pictures)
  try {
    const response = await fetch(request)
    if (response.ok) await cache.put(request, response.clone())
    return response
  } catch {
    return (await cache.match(request)) ?? Response.error()
  }
}

/** Pages come from the network. Without one the cart still opens, and any other page says that there is no connection. */
async function page(request: Request, { pathname }: URL): Promise<Response> {
  try {
    return await fetch(request)
  } catch {
    const cache = await caches.open(files)
    const locale = pathname.startsWith('/en') ? 'en' : 'ru'
    const path = pathname === `/${locale}/cart` ? pathname : `/${locale}/offline`
    return (await cache.match(path)) ?? Response.error()
  }
}
