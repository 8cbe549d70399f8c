import type { AggregateRating, Offer, Product, Review } from 'schema-dts'
import type { Schemas } from '../api/client.ts'
import { breadcrumbListOf } from '../head/breadcrumb-list.ts'
import { linksInto } from '../parts/breadcrumbs.tsx'
import { pictureOf } from '../parts/picture.tsx'
import type { Head, HeadRequest } from '../router/route.ts'
import type { Shop } from '../shop.ts'
import type { LoadedProduct } from './product-content.ts'

/** The title, Open Graph and the structured document of a product. */
export function productHead(request: HeadRequest<LoadedProduct>): Head {
  const { shop, loaded, absolute } = request
  const { categories, facts, href } = shop
  if (!loaded) return { title: facts.name }
  const { product, reviews } = loaded
  const { name, description, slug, category } = product
  const url = absolute(href(`/product/${slug}`))
  const picture = absolute(pictureOf(product))
  // Other sites show no SVG, which drawings are.
  const image = picture.endsWith('.svg') ? absolute('/shop-art/hero.webp') : picture
  const links = [...linksInto(categories, category), { name, path: `/product/${slug}` }]
  const rating = ratingOf(product)
  const document: Exclude<Product, string> = {
    '@type': 'Product',
    name,
    description,
    image: [picture],
    url,
    ...(rating && { aggregateRating: rating }),
    ...(reviews.length > 0 && { review: reviews.flatMap(reviewOf) }),
    offers: product.variants.map((variant) => offerOf(variant, { shop, url })),
  }
  return {
    title: `${name} — ${facts.name}`,
    description: description.slice(0, 300),
    image,
    kind: 'product',
    structured: [document, ...breadcrumbListOf(links, request)],
  }
}

function ratingOf({ reviews: { count, average } }: Schemas['Product']): AggregateRating | undefined {
  if (count === 0 || average === null) return undefined
  return { '@type': 'AggregateRating', ratingValue: average, reviewCount: count }
}

/** Search engines refuse reviews without an author, and those of other sites. */
function reviewOf({ author, rating, text, reviewed_at, is_verified }: Schemas['Review']): readonly Review[] {
  if (author === null || !is_verified) return []
  return [
    {
      '@type': 'Review',
      reviewRating: { '@type': 'Rating', ratingValue: rating },
      datePublished: reviewed_at,
      author: { '@type': 'Person', name: author },
      ...(text !== '' && { reviewBody: text }),
    },
  ]
}

type Sold = Readonly<{ shop: Shop; url: string }>

function offerOf(variant: Schemas['ProductVariant'], { shop: { formats }, url }: Sold): Offer {
  const { sku, title, price, currency, stock_quantity: left } = variant
  return {
    '@type': 'Offer',
    sku,
    ...(title !== '' && { name: title }),
    price: formats.decimal(price, currency),
    priceCurrency: currency,
    availability: left === null || left > 0 ? 'https://schema.org/InStock' : 'https://schema.org/OutOfStock',
    itemCondition: 'https://schema.org/NewCondition',
    url,
  }
}
