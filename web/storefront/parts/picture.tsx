import type { VNode } from 'preact'

type Pictured = Readonly<{ slug: string; image: string | null }>

/** The photograph of a product, or its drawing when it has none. */
export const pictureOf = ({ slug, image }: Pictured): string => image ?? `/shop-art/${slug}.svg`

/** One size of a photograph. */
type Size = Readonly<{ url: string; width: number }>
type Props = Readonly<{
  product: Pictured
  alt?: string
  /** The width on the page in pixels. */
  size: number
  isFirst?: boolean
  /** The sizes that the browser chooses from; the picture itself when there are none. */
  sizes?: readonly Size[]
}>

/** A square picture of a product. The first one of a page loads at once, the others when they come near. */
export const Picture = ({ product, alt = '', size, isFirst = false, sizes = [] }: Props): VNode => (
  <img
    class="picture"
    src={pictureOf(product)}
    {...(sizes.length > 1 && {
      srcset: sizes.map(({ url, width }) => `${url} ${width}w`).join(', '),
      sizes: `(max-width: ${size}px) 100vw, ${size}px`,
    })}
    alt={alt}
    width={size}
    height={size}
    loading={isFirst ? 'eager' : 'lazy'}
    fetchpriority={isFirst ? 'high' : 'auto'}
    decoding="async"
  />
)
