import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ensureBuild, openBuild, type WebBuild } from '../../apps/storefront/build.ts'
import { eventually, expectResponse } from '#platform/testing'
import { openShop, staff, type Shop } from '../e2e/open-shop.ts'

let shop: Shop
let build: WebBuild
before(async () => {
  build = await openBuild(await ensureBuild(() => {}))
  shop = await openShop({}, { build })
})
after(() => shop.close())

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${shop.address}${path}`, {
    headers: { 'accept-language': 'en', ...headers },
    redirect: 'manual',
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const pages = [
  '',
  '/catalog',
  '/catalog/tea',
  '/catalog/tea?attr=taste:honey&sort=price',
  '/product/da-hun-pao',
  '/product/pervoe-utro',
  '/faq',
]
const privatePages = [
  '/cart',
  '/checkout',
  '/sign-in',
  '/register',
  '/account',
  '/account/profile',
  '/account/access',
  '/account/data',
  '/account/deleted',
  '/password/forgot',
  '/password/reset',
  '/email/verify',
  '/orders/01a1fc7f-e209-7528-92a0-8740e055262e',
  '/track/x',
  '/offline',
  '/nowhere',
]

test('without JavaScript one browses, reads a product, and finds out how to order (WEB-1)', async () => {
  const home = await get('/en')
  assert.match(home.text, /<h1>Tea, flowers and gifts<\/h1>/)
  assert.ok((home.text.match(/href="\/en\/product\//g) ?? []).length >= 8)
  const list = await get('/en/catalog/oolongs?attr=taste:honey&in_stock=true')
  assert.match(list.text, /<h1>Oolongs<\/h1>/)
  assert.match(list.text, /<form id="filters"/)
  assert.match(list.text, /Phoenix Dancong/)
  assert.doesNotMatch(list.text, /Da Hong Pao/)
  const product = await get('/en/product/da-hun-pao')
  assert.match(product.text, /₽890/)
  assert.match(product.text, /<noscript>.*To order, allow JavaScript/)
  assert.match(product.text, /chestnuts, cinnamon and wet stone/)
})

test('a photograph is offered in its sizes, and other sites get one that they can show (MED-2, WEB-1)', async () => {
  const sizeOf = (variant: string, width: number) => ({
    variant,
    url: `/media/tea-${variant}.webp`,
    format: 'webp',
    width,
    height: width,
    byte_size: 100,
  })
  const images = [{ id: null, variants: [sizeOf('thumb', 150), sizeOf('md', 600), sizeOf('lg', 1200)] }]
  // The page of this product was not read before, so no cache has it.
  await shop.app.pool.query(
    `update catalog.products set images = $1::jsonb, image = '/media/tea-md.webp' where slug = 'dian-hun'`,
    [JSON.stringify(images)],
  )
  const { text } = await get('/en/product/dian-hun')
  assert.match(text, /srcset="\/media\/tea-thumb.webp 150w, \/media\/tea-md.webp 600w, \/media\/tea-lg.webp 1200w"/)
  assert.match(text, /property="og:image" content="[^"]*\/media\/tea-md.webp"/)
  const drawn = await get('/en/product/da-hun-pao')
  assert.match(drawn.text, /property="og:image" content="[^"]*\.webp"/)
  assert.equal((await get('/shop-art/hero.webp')).headers.get('content-type'), 'image/webp')
})

test('every page has its address in both languages, and leads search engines to one (WEB-1)', async () => {
  for (const path of pages.filter((each) => !each.includes('?'))) {
    const { text } = await get(`/ru${path}`)
    for (const [rel, locale] of [
      ['canonical', 'ru'],
      ['alternate" hreflang="ru', 'ru'],
      ['alternate" hreflang="en', 'en'],
    ] as const)
      assert.ok(text.includes(`rel="${rel}" href="${shop.address}/${locale}${path}"`), `${path} ${rel}`)
    assert.match(text, /<meta property="og:title" content="[^"]+"/)
  }
  for (const path of [...privatePages, '/catalog?search=tea'])
    assert.match((await get(`/ru${path}`)).text, /<meta name="robots" content="noindex" \/>/, path)
})

test('the address without a language leads to the language of the reader (WEB-1)', async () => {
  for (const [accepted, locale] of [
    ['en-GB,en;q=0.9', 'en'],
    ['ru', 'ru'],
    ['de', 'ru'],
  ] as const) {
    const { status, headers } = await get('/', { 'accept-language': accepted })
    assert.deepEqual([status, headers.get('location'), headers.get('vary')], [302, `/${locale}`, 'accept-language'])
  }
})

test('a link of an e-mail leads to the page in the language of the reader, with its query (WEB-1)', async () => {
  for (const path of [
    '/product/da-hun-pao',
    '/catalog/tea?page=2',
    '/track/x',
    '/cart',
    '/sign-in?next=/cart',
    '/email/verify',
    '/password/reset',
  ]) {
    const { status, headers } = await get(path)
    assert.deepEqual([status, headers.get('location')], [302, `/en${path}`])
  }
})

test('an address that the shop does not have is a page with 404 (WEB-1)', async () => {
  for (const path of [
    '/ru/nowhere',
    '/en/product/no-such-tea',
    '/ru/catalog/no-such-category',
    '/en/catalog?attr=nonsense:1',
  ]) {
    const { status, text } = await get(path)
    assert.equal(status, 404, path)
    assert.match(text, /<h1>(Такой страницы нет|There is no such page)<\/h1>/)
  }
})

test('a changed price and a sold-out product are on the next page that is read (CAT-10, WEB-1)', async () => {
  const before = await get('/en/product/sencha')
  assert.match(before.text, /₽830/)
  assert.equal((await get('/en/product/sencha', { 'if-none-match': before.headers.get('etag') ?? '' })).status, 304)
  const { rows } = await shop.app.pool.query<{ id: string }>(`select id from catalog.variants where sku = 'SENCHA-50'`)
  const [variant] = rows
  const changed = await shop.send(staff, `PATCH /admin/variants/${variant?.id}`, {
    body: { price: 99_900 },
  })
  assert.equal(changed.status, 200, changed.text)
  const after = await get('/en/product/sencha')
  assert.match(after.text, /₽999/)
  assert.notEqual(after.headers.get('etag'), before.headers.get('etag'))
})

test('pages load nothing from other sites, and no script or style stands in them (SEC-4)', async () => {
  for (const path of [...pages, ...privatePages]) {
    const { headers, text } = await get(`/ru${path}`)
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/)
    assert.doesNotMatch(policy, /unsafe/)
    assert.doesNotMatch(text, /<style|\sstyle="|\son\w+="|<script(?![^>]*(src=|type="application\/(ld\+)?json"))/)
  }
})

test('text of the catalog cannot add HTML to a page (SEC-1)', async () => {
  const body = {
    type: 'tea',
    name: { ru: '</script><b>x', en: '"><img src=x onerror=1>' },
    variants: [{ sku: 'XSS', title: { ru: '1', en: '1' }, price: 100, weight_grams: 1, stock_quantity: 1 }],
    slug: 'xss',
  }
  const created = await shop.send(staff, 'POST /admin/products', { body })
  assert.equal(created.status, 201, created.text)
  for (const path of ['/ru/product/xss', '/en/product/xss', '/ru/catalog?search=xss']) {
    const { text } = await get(path)
    assert.doesNotMatch(text, /<b>x|<img src=x/)
  }
  assert.equal((await shop.send(staff, `DELETE /admin/products/${JSON.parse(created.text).id}`)).status, 204)
})

test('files have names with a hash, never change and are compressed; a page of the catalog has at most 40 KB of script (PERF-9)', async () => {
  const { text } = await get('/ru')
  const [, script = ''] = /<script type="module" src="([^"]+)"/.exec(text) ?? []
  const [, style = ''] = /<link rel="stylesheet" href="(\/assets[^"]+)"/.exec(text) ?? []
  for (const path of [script, style]) {
    assert.match(path, /^\/assets\/[\w-]+-[\w-]{8}\.(js|css)$/)
    const response = await fetch(`${shop.address}${path}`, { headers: { 'accept-encoding': 'br' } })
    assert.equal(response.headers.get('content-encoding'), 'br')
    assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  }
  const [, texts = ''] = /<link rel="modulepreload" href="([^"]+)"/.exec(text) ?? []
  const sizeOf = (path: string) => build.files.get(path)?.br?.length ?? Infinity
  assert.ok(sizeOf(script) + sizeOf(texts) < 40_000, `${sizeOf(script)} + ${sizeOf(texts)} bytes`)
  const all = build.entry.chunks.reduce((sum, path) => sum + sizeOf(path), 0)
  assert.ok(all < 80_000, `${all} bytes`)
  const html = await fetch(`${shop.address}/ru`, { headers: { 'accept-encoding': 'gzip, br' } })
  assert.equal(html.headers.get('content-encoding'), 'br')
  assert.match(await html.text(), /<html lang="ru">/)
})

test('answers of the shop are on the next page that is read, in the language of the reader (SUP-1, WEB-1)', async () => {
  assert.match((await get('/en/faq')).text, /There are no answers here yet/)
  const entry = { locale: 'en', title: 'Do you <b>wrap</b> gifts?', answer: 'Yes,\nwith a card.' }
  const created = await shop.send(staff, 'POST /admin/faq', { body: entry })
  assert.equal(created.status, 201, created.text)
  const { text } = await get('/en/faq')
  assert.match(
    text,
    /<details class="question"><summary>Do you &lt;b>wrap&lt;\/b> gifts\?<\/summary><p>Yes,\nwith a card.<\/p>/,
  )
  assert.match(text, /"@type":"FAQPage"/)
  assert.match((await get('/ru/faq')).text, /Ответов здесь пока нет/)
  assert.equal((await get('/faq')).headers.get('location'), '/en/faq')
})

test('every product has a picture of its own, and no two are the same (WEB-1)', async () => {
  const { items } = JSON.parse((await shop.send(undefined, 'GET /catalog/products?page_size=100')).text) as {
    items: { slug: string }[]
  }
  const pictures = await Promise.all(items.map(async ({ slug }) => (await get(`/shop-art/${slug}.svg`)).text))
  assert.equal(new Set(pictures).size, items.length)
  for (const picture of pictures) assert.match(picture, /^<svg [^>]*viewBox="0 0 400 400"[^]*<\/svg>$/)
  assert.equal((await get('/shop-art/no-such-tea.svg')).status, 404)
})

test('a name of the shop that looks like HTML adds nothing to any page (SEC-1)', async () => {
  const name = '"}</style></script><img src=x onerror=alert(1)>'
  const other = await openShop({ SHOP_NAME: name }, { build })
  try {
    const read = async (path: string) => {
      const response = await fetch(`${other.address}${path}`, { headers: { accept: 'text/html' } })
      return await response.text()
    }
    for (const path of ['/en', '/en/cart', '/invitation', '/password/reset', '/pay/nope', '/no-such-page'])
      assert.doesNotMatch(await read(path), /<img src=x/, path)
    const theme = await read('/theme.css')
    assert.equal(
      theme.slice(theme.indexOf('--shop-name')).replaceAll(/\\[\da-f]+ /g, ''),
      '--shop-name:"stylescriptimg srcx onerroralert1"}',
    )
    for (const font of theme.matchAll(/url\(([^)]+)\)/g))
      assert.equal((await fetch(new URL(font[1] ?? '', other.address))).headers.get('content-type'), 'font/woff2')
    assert.equal(theme.match(/@font-face/g)?.length, 4)
  } finally {
    await other.close()
  }
})

test('the look of the shop follows its settings (WEB-1)', async () => {
  const other = await openShop(
    { SHOP_NAME: 'Чай & Ко', SHOP_ACCENT: '#2a4d8f', SHOP_PHONE: '+7 496 612-00-00' },
    { build },
  )
  try {
    const page = await (await fetch(`${other.address}/ru`)).text()
    assert.match(page, /Чай &amp; Ко/)
    assert.match(page, /href="tel:\+74966120000"/)
    const theme = await (await fetch(`${other.address}/theme.css`)).text()
    assert.ok(theme.endsWith(String.raw`:root{--accent:#2a4d8f;--shop-name:"Чай \26  Ко"}`), theme)
    const manifest = (await (await fetch(`${other.address}/manifest-ru.webmanifest`)).json()) as { name: string }
    assert.equal(manifest.name, 'Чай & Ко')
  } finally {
    await other.close()
  }
})

test('a shop has a name and a country in the language of the page; one name of its settings is for both (WEB-1)', async () => {
  const shown = async (settings: Readonly<Record<string, string>>) => {
    const other = await openShop(settings, { build })
    const read = async (path: string) => await (await fetch(`${other.address}${path}`)).text()
    try {
      const pages = await Promise.all([read('/ru/checkout'), read('/en/checkout')])
      const factsIn = (page: string) => ['name', 'country', 'addressCountry'].map((fact) => valueIn(page, fact))
      const theme = await read('/theme.css')
      return { facts: pages.map(factsIn), theme: theme.slice(theme.indexOf('--shop-name')) }
    } finally {
      await other.close()
    }
  }
  assert.deepEqual(await shown({}), {
    facts: [
      ['Посад', 'Россия', 'Россия'],
      ['Posad', 'Russia', 'Россия'],
    ],
    theme: '--shop-name:"Посад"}:root:lang(en){--shop-name:"Posad"}',
  })
  assert.deepEqual((await shown({ SHOP_NAME: 'Чайная', SHOP_COUNTRY: 'Россия' })).facts, [
    ['Чайная', 'Россия', 'Россия'],
    ['Чайная', 'Россия', 'Россия'],
  ])
  assert.deepEqual((await shown({ SHOP_NAME: 'Чайная', SHOP_NAME_EN: 'Tea room', SHOP_COUNTRY: 'KZ' })).facts, [
    ['Чайная', 'Казахстан', 'Казахстан'],
    ['Tea room', 'Kazakhstan', 'Казахстан'],
  ])
})

/** A fact of the shop that a page has. */
const valueIn = (page: string, fact: string): string | undefined =>
  new RegExp(`"facts":\\{[^}]*"${fact}":"([^"]*)"`).exec(page)?.[1]

test('the page of a product names its country of origin in the language of the reader (CAT-1, WEB-1)', async () => {
  const { rows } = await shop.app.pool.query<{ id: string }>(`select id from catalog.products where slug = 'sencha'`)
  const body = { origin_country: 'JP' }
  expectResponse(await shop.send(staff, `PATCH /admin/products/${rows[0]?.id}`, { body }), 200)
  await eventually(async () =>
    assert.match((await get('/en/product/sencha')).text, /<dt>Country of origin<\/dt><dd>Japan<\/dd>/),
  )
  assert.match((await get('/ru/product/sencha')).text, /<dt>Страна происхождения<\/dt><dd>Япония<\/dd>/)
})
