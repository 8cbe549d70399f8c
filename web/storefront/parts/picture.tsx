import type { VNode } from 'preact'

type Pictured = Readonly<{ slug: string; image: string | null }>

/** The photograph of a product, or its drawing when it has none. */
export const pictureOf = ({ slug, image }: Pictured): string => image ?? `/shop-art/${slug}.svg`

type Props = Readonly<{ product: Pictured; alt?: string; size: number; isFirst?: boolean }>

/** A square picture of a product. The first one of a page loads at once, the others when they come near. */
export const Picture = ({ product, alt = '', size, isFirst = false }: Props): VNode => (
  <img
    class="picture"
    src={pictureOf(product)}
    alt={alt}
    width={size}
    height={size}
    loading={isFirst ? 'eager' : 'lazy'}
    fetchpriority={isFirst ? 'high' : 'auto'}
    decoding="async"
  />
)
