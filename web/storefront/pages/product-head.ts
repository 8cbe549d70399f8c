import { breadcrumbsOf } from '../parts/breadcrumbs.tsx'
import { pictureOf } from '../parts/picture.tsx'
import type { Head, HeadRequest } from '../router/route.ts'
import type { LoadedProduct } from './product-content.ts'

/** The title, Open Graph and the structured document of a product. */
export function productHead({ shop, loaded, absolute }: HeadRequest<LoadedProduct>): Head {
  const { categories, facts, href, texts } = shop
  if (!loaded) return { title: facts.name }
  const { product } = loaded
  const { name, description, slug, category, reviews } = product
  const url = absolute(href(`/product/${slug}`))
  const image = absolute(pictureOf(product))
  const links = [
    ...breadcrumbsOf(categories, category?.id),
    ...(category ? [{ name: category.name, path: `/catalog/${category.slug}` }] : []),
    { name, path: `/product/${slug}` },
  ]
  return {
    title: `${name} — ${facts.name}`,
    description: description.slice(0, 300),
    // Other sites show no SVG, which drawings are.
    image: image.endsWith('.svg') ? absolute('/shop-art/hero.webp') : image,
    kind: 'product',
    structured: [
      {
        '@type': 'Product',
        name,
        description,
        image: [image],
        sku: product.variants[0]?.sku,
        url,
        ...(reviews.count > 0 && {
          aggregateRating: { '@type': 'AggregateRating', ratingValue: reviews.average, reviewCount: reviews.count },
        }),
        offers: product.variants.map((variant) => ({
          '@type': 'Offer',
          sku: variant.sku,
          ...(variant.title !== '' && { name: variant.title }),
          price: shop.formats.decimal(variant.price, variant.currency),
          priceCurrency: variant.currency,
          availability: `https://schema.org/${isThere(variant.stock_quantity) ? 'InStock' : 'OutOfStock'}`,
          itemCondition: 'https://schema.org/NewCondition',
          url,
        })),
      },
      {
        '@type': 'BreadcrumbList',
        itemListElement: links.map((link, at) => ({
          '@type': 'ListItem',
          position: at + 1,
          name: link.name === '' ? texts.nav.catalog : link.name,
          item: absolute(href(link.path)),
        })),
      },
    ],
  }
}

const isThere = (left: number | null) => left === null || left > 0
