import type { VNode } from 'preact'
import { useShop, type Category } from '../shop.ts'
import { Icon } from './icon.tsx'

/** `path` has no language; an empty name is the catalog. */
export type Link = Readonly<{ name: string; path: string }>

/** The catalog and the parents of a category. */
export function breadcrumbsOf(categories: readonly Category[], id: string | null | undefined): readonly Link[] {
  const parents: Link[] = []
  let parent = categories.find((each) => each.id === id)?.parent_id
  while (parent) {
    const found = categories.find((each) => each.id === parent)
    if (found) parents.unshift({ name: found.name, path: `/catalog/${found.slug}` })
    parent = found?.parent_id
  }
  return [{ name: '', path: '/catalog' }, ...parents]
}

type Named = Readonly<{ id: string; name: string; slug: string }>

/** The way from the catalog to what is in a category. */
export const linksInto = (categories: readonly Category[], category: Named | null | undefined): readonly Link[] => [
  ...breadcrumbsOf(categories, category?.id),
  ...(category ? [{ name: category.name, path: `/catalog/${category.slug}` }] : []),
]

/** The way from the catalog to the page. */
export function Breadcrumbs({ links, last }: Readonly<{ links: readonly Link[]; last: string }>): VNode {
  const { href, texts } = useShop()
  return (
    <nav class="breadcrumbs" aria-label={texts.list.parents}>
      <ol>
        {links.map(({ name, path }) => (
          <li key={path}>
            <a href={href(path)}>{name === '' ? texts.nav.catalog : name}</a>
            <Icon name="next" />
          </li>
        ))}
        <li aria-current="page">{last}</li>
      </ol>
    </nav>
  )
}
