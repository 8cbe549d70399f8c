import type { VNode } from 'preact'
import type { Schemas } from '../api/client.ts'
import { browser } from '../browser.ts'
import { useShop } from '../shop.ts'
import { Icon } from './icon.tsx'
import { Picture } from './picture.tsx'
import { Price } from './price.tsx'

type Product = Schemas['ProductCard']

/** The card mentions the stock when at most this many pieces are left. */
const few = 5

/** A product in a list. The whole card is the link; its button stands above. */
function ProductCard({ product, isFirst = false }: Readonly<{ product: Product; isFirst?: boolean }>): VNode {
  const { href, texts } = useShop()
  const { name, slug, description, price, compare_at_price, currency, in_stock, variant_count } = product
  return (
    <article class={in_stock ? 'card' : 'card gone'}>
      <Picture product={product} size={320} isFirst={isFirst} />
      <div class="card-text">
        <h3>
          <a href={href(`/product/${slug}`)}>{name}</a>
        </h3>
        <p class="card-note">{firstSentence(description)}</p>
        <div class="card-foot">
          <div>
            <Price price={price} compareAt={compare_at_price} currency={currency} isFrom={variant_count > 1} />
            <Stock product={product} />
          </div>
          {in_stock && (
            <button
              type="button"
              class="round"
              aria-label={texts.product.addShort(name)}
              onClick={() => browser().cart.add({ ...product, product_id: product.id, title: name }, 1)}
            >
              <Icon name="plus" />
            </button>
          )}
        </div>
      </div>
    </article>
  )
}

function Stock({ product: { in_stock, stock_quantity } }: Readonly<{ product: Product }>): VNode | null {
  const { texts } = useShop()
  if (!in_stock) return <span class="stock">{texts.product.soldOut}</span>
  if (stock_quantity === null || stock_quantity > few) return null
  return <span class="stock few">{texts.product.left(stock_quantity)}</span>
}

/** The description up to its first full stop. */
const firstSentence = (text: string): string => /^[^.!?:]*[.!?:]?/.exec(text)?.[0].replace(/:$/, '') ?? ''

/** Empty cards while a list loads. */
export const CardSkeletons = ({ count }: Readonly<{ count: number }>): VNode => {
  const { texts } = useShop()
  return (
    <div class="cards" role="status" aria-label={texts.ui.loading}>
      {Array.from({ length: count }, (_, at) => (
        <div class="card skeleton" key={at} aria-hidden="true">
          <div class="picture" />
          <div class="card-text">
            <span class="bar" />
            <span class="bar short" />
          </div>
        </div>
      ))}
    </div>
  )
}

/** A grid of products; the first row loads its pictures at once. */
export const Cards = ({ products, eager = 4 }: Readonly<{ products: readonly Product[]; eager?: number }>): VNode => (
  <div class="cards">
    {products.map((product, at) => (
      <ProductCard key={product.id} product={product} isFirst={at < eager} />
    ))}
  </div>
)
