import { bodyOf, type Api } from './api/client.ts'
import { failureOf } from './api/failure.ts'

/** The pages that are always there, and the categories: a shop has few. */
const pagesFile = 'pages'
const maxCategories = 1000

/** The names of the files that list the pages of the shop. */
export async function listSitemapFiles(api: Api): Promise<readonly string[]> {
  const { files } = await bodyOf(api.GET('/api/v1/catalog/sitemap'))
  return [pagesFile, ...Array.from({ length: files }, (_, index) => `products-${index + 1}`)]
}

/** The paths in one of these files; undefined when there is no such file. */
export async function listSitemapPaths(api: Api, file: string): Promise<readonly string[] | undefined> {
  if (file === pagesFile) {
    const categories = await listCategories(api)
    return ['/', '/catalog', '/faq', ...categories.map(({ slug }) => `/catalog/${slug}`)]
  }
  const number = Number(/^products-([1-9]\d{0,8})$/.exec(file)?.[1])
  if (Number.isNaN(number)) return undefined
  const slugs = await listSlugs(api, number)
  return slugs?.map((slug) => `/product/${slug}`)
}

async function listCategories(api: Api): Promise<readonly Readonly<{ slug: string }>[]> {
  const found: Readonly<{ slug: string }>[] = []
  for (let cursor: string | null | undefined; cursor !== null && found.length < maxCategories;) {
    const query = { page_size: 100, ...(cursor !== undefined && { cursor }) }
    const list = await bodyOf(api.GET('/api/v1/catalog/categories', { params: { query } }))
    found.push(...list.items)
    cursor = list.next_cursor
  }
  return found
}

/** The products of one file; undefined when there is no such file. */
async function listSlugs(api: Api, number: number): Promise<readonly string[] | undefined> {
  try {
    const { slugs } = await bodyOf(api.GET('/api/v1/catalog/sitemap/{number}', { params: { path: { number } } }))
    return slugs
  } catch (error) {
    if (failureOf(error).status === 404) return undefined
    throw error
  }
}
