import type { BreadcrumbList } from 'schema-dts'
import type { Link } from '../parts/breadcrumbs.tsx'
import type { HeadRequest } from '../router/route.ts'

type Request = Pick<HeadRequest<unknown>, 'shop' | 'absolute'>

/** The way from the catalog to a page, for search engines; nothing for the catalog itself, which has no way. */
export function breadcrumbListOf(
  links: readonly Link[],
  { shop: { href, texts }, absolute }: Request,
): readonly Exclude<BreadcrumbList, string>[] {
  if (links.length < 2) return []
  const itemListElement = links.map(({ name, path }, at) => ({
    '@type': 'ListItem' as const,
    position: at + 1,
    name: name === '' ? texts.nav.catalog : name,
    item: absolute(href(path)),
  }))
  return [{ '@type': 'BreadcrumbList', itemListElement }]
}
