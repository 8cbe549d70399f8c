import assert from 'node:assert/strict'
import { test } from 'node:test'
import Validator from '@adobe/structured-data-validator'
import { FileSystemConfigLoader, HtmlValidate } from 'html-validate'
import { expectResponse } from '#platform/testing'
import { staff } from '../e2e/open-shop.ts'
import { noBrowser, visitorOf } from './browser.ts'
import { everyPage, openPage } from './every-page.ts'
import { signIn } from './sign-in.ts'
import { useWebShop } from './use-web-shop.ts'

const web = useWebShop({ SHOP_PHONE: '+7 496 612-00-00', SHOP_EMAIL: 'lavka@example.org', SHOP_ADDRESS: 'Коломна' })
const locales = ['ru', 'en'] as const

const validatorOf = (rules: Readonly<Record<string, 'off'>>) =>
  new HtmlValidate(
    new FileSystemConfigLoader({
      extends: ['html-validate:standard'],
      rules: {
        'long-title': 'off',
        'no-redundant-role': 'off',
        'prefer-native-element': 'off',
        'require-sri': 'off',
        ...rules,
      },
    }),
  )
const validator = validatorOf({})
/** A browser writes its elements in its own style: `disabled=""`, `<input>`. */
const domValidator = validatorOf({
  'attribute-boolean-style': 'off',
  'attribute-empty-style': 'off',
  'doctype-style': 'off',
  'void-style': 'off',
  'no-trailing-whitespace': 'off',
})

async function errorsIn(html: string, by: HtmlValidate): Promise<readonly string[]> {
  const { results } = await by.validateString(html)
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, column }) => `${ruleId} ${line}:${column} ${message}`),
  )
}

/** The HTML that the server sends for an address. */
async function htmlOf(path: string, locale: string): Promise<string> {
  const response = await fetch(`${web.shop.address}${path}`, { headers: { 'accept-language': locale } })
  return await response.text()
}

test(
  'no HTML has an error: as the server sends each page, and as a browser shows it (WEB-6)',
  { skip: noBrowser, timeout: 240_000 },
  async () => {
    const token = await web.shop.customer('Anna')
    const pages = await everyPage(web.shop, token)
    const found: string[] = []
    for (const locale of locales) {
      const guest = await visitorOf(web.browser, { locale })
      const anna = await visitorOf(web.browser, { locale })
      await signIn(anna.page, { shop: web.shop, token })
      for (const shown of pages) {
        const { page } = shown.isOwn ? anna : guest
        await openPage(page, { shop: web.shop, locale, shown })
        const sent = await errorsIn(
          await htmlOf(shown.isPlain ? shown.path : `/${locale}${shown.path}`, locale),
          validator,
        )
        const drawn = await errorsIn(await page.content(), domValidator)
        found.push(...[...sent, ...drawn].map((each) => `${shown.name} ${locale} ${each}`))
      }
      await Promise.all([guest.close(), anna.close()])
    }
    assert.deepEqual(found, [])
  },
)

type Document = Readonly<{ '@context'?: unknown; '@type'?: string }> & Readonly<Record<string, unknown>>

const documentsIn = (html: string): readonly Document[] =>
  Array.from(
    html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/g),
    ([, json = '']) => JSON.parse(json) as Document,
  )

/** The reasons why a search engine cannot use the structured documents of a page. */
async function structuredErrors(documents: readonly Document[]): Promise<readonly string[]> {
  const jsonld = Object.groupBy(documents, (document) => String(document['@type']))
  // The validator takes its documents apart.
  const issues = await new Validator().validate(structuredClone({ jsonld, microdata: {}, rdfa: {}, errors: [] }))
  // Most optional fields are for other goods: the audience of a book, the pattern of a shirt.
  return issues.filter(({ issueMessage }) => !issueMessage.startsWith('Missing ')).map((issue) => JSON.stringify(issue))
}

test('search engines can use the structured documents of every page in the sitemap (WEB-1)', async () => {
  const { items } = JSON.parse(
    (await web.shop.send(undefined, 'GET /catalog/products?search=Da%20Hun%20Pao')).text,
  ) as {
    items: { id: string }[]
  }
  assert.ok(items.length > 0)
  for (const locale of locales) {
    const body = { locale, title: 'Do you wrap gifts?', answer: 'Yes, with a card.' }
    expectResponse(await web.shop.send(staff, 'POST /admin/faq', { body }), 201)
  }
  const files = await Promise.all(['pages', 'products-1'].map((file) => htmlOf(`/sitemap/${file}.xml`, 'en')))
  const paths = Array.from(files.join('').matchAll(/<loc>[^<]*?(\/en[^<]*)<\/loc>/g), ([, path = '']) => path)
  assert.ok(paths.length > 50, `${paths.length} pages`)
  const types = new Set<unknown>()
  for (const path of paths)
    for (const address of [path, path.replace('/en', '/ru')]) {
      const documents = documentsIn(await htmlOf(address, address.slice(1, 3)))
      assert.ok(documents.length > 0, `${address} has a structured document`)
      for (const document of documents) {
        types.add(document['@type'])
        assert.equal(document['@context'], 'https://schema.org')
      }
      assert.deepEqual(await structuredErrors(documents), [], address)
    }
  assert.deepEqual(types, new Set(['Store', 'WebSite', 'BreadcrumbList', 'ItemList', 'Product', 'FAQPage']))
})

test('the check of structured documents finds a product without a price (WEB-1)', async () => {
  const [product] = documentsIn(await htmlOf('/en/product/da-hun-pao', 'en'))
  assert.ok(product)
  const [offer] = product['offers'] as readonly Readonly<Record<string, unknown>>[]
  const { price, ...free } = offer ?? {}
  assert.ok(price)
  assert.notDeepEqual(await structuredErrors([{ ...product, offers: [free] }]), [])
  assert.notDeepEqual(await structuredErrors([{ '@type': 'BreadcrumbList', itemListElement: [] }]), [])
})
