import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { Schemas } from '../api/client.ts'
import { browser } from '../browser.ts'
import { mostAtOnce, mostOf } from '../cart/most-at-once.ts'
import { AttributeTable } from '../parts/attribute-table.tsx'
import { BackInStock } from '../parts/back-in-stock.tsx'
import { Breadcrumbs, linksInto } from '../parts/breadcrumbs.tsx'
import { BrewProfiles } from '../parts/brew-profiles.tsx'
import { Picture } from '../parts/picture.tsx'
import { Price } from '../parts/price.tsx'
import { Cards } from '../parts/product-card.tsx'
import { Reviews } from '../parts/reviews.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { route, type PageProps } from '../router/route.ts'
import { useShop } from '../shop.ts'
import { loadProduct, type LoadedProduct } from './product-content.ts'
import { productHead } from './product-head.ts'

type Product = Schemas['Product']
type Variant = Schemas['ProductVariant']
function ProductPage({ loaded }: PageProps<LoadedProduct>): VNode {
  return loaded ? <Shown {...loaded} /> : <ProductSkeleton />
}

function Shown({ product, similar, reviews }: LoadedProduct): VNode {
  const { categories, texts } = useShop()
  const [id, setId] = useState(product.variant_id)
  const variant = product.variants.find((each) => each.id === id) ?? product.variants[0]
  return (
    <div class="wrap product-page">
      <Breadcrumbs links={linksInto(categories, product.category)} last={product.name} />
      <article class="product">
        <div class="product-picture">
          <Gallery product={product} />
        </div>
        <div class="product-text">
          <h1>{product.name}</h1>
          <p class="lead">{product.description}</p>
          {variant && <Buy product={product} variant={variant} choose={setId} />}
          {variant?.components && <Components variant={variant} />}
          <AttributeTable product={product} />
        </div>
      </article>
      <BrewProfiles profiles={product.brew_profiles} />
      <Reviews product={product} reviews={reviews} />
      {similar.length > 0 && (
        <section class="strip" aria-labelledby="similar">
          <h2 id="similar">{texts.product.similar}</h2>
          <Cards products={similar} eager={0} />
        </section>
      )}
    </div>
  )
}

/** The pictures of a product: the chosen one large, all of them small when there are several. */
function Gallery({ product }: Readonly<{ product: Product }>): VNode {
  const [at, setAt] = useState(0)
  const shown = product.images[at] ?? { url: product.image, alt: product.name, variants: [] }
  const picture = { slug: product.slug, image: shown.url ?? null }
  return (
    <>
      <Picture product={picture} alt={shown.alt} size={640} isFirst sizes={shown.variants} />
      {product.images.length > 1 && (
        <div class="thumbs">
          {product.images.map(({ url, alt, variants }, index) => (
            <button type="button" key={url} aria-pressed={index === at} aria-label={alt} onClick={() => setAt(index)}>
              <Picture product={{ slug: product.slug, image: variants[0]?.url ?? url }} size={72} sizes={variants} />
            </button>
          ))}
        </div>
      )}
    </>
  )
}

type BuyProps = Readonly<{ product: Product; variant: Variant; choose: (id: string) => void }>

function Buy({ product, variant, choose }: BuyProps): VNode {
  const { facts, texts } = useShop()
  const [quantity, setQuantity] = useState(1)
  const left = variant.stock_quantity
  const isGone = left !== null && left <= 0
  const each = Math.max(1, ...(variant.components ?? []).map((component) => component.quantity))
  const most = mostAtOnce({ available: left, each }, facts)
  const chosen = Math.min(quantity, most)
  const title = variant.title === '' ? product.name : `${product.name}, ${variant.title}`
  const add = () =>
    browser().cart.add(
      { ...variant, variant_id: variant.id, product_id: product.id, slug: product.slug, title, image: product.image },
      chosen,
    )
  return (
    <div class="buy">
      {product.variants.length > 1 && <Variants product={product} chosen={variant} choose={choose} />}
      <p class="buy-price">
        <Price price={variant.price} compareAt={variant.compare_at_price} currency={variant.currency} />
        <span class={isGone ? 'stock' : 'stock here'}>
          {isGone
            ? texts.product.soldOut
            : left !== null && left < 10
              ? texts.product.left(left)
              : texts.product.inStock}
        </span>
      </p>
      {isGone ? (
        <>
          <p class="hint">{texts.product.soldOutHint}</p>
          <div class="buy-row scripted">
            <BackInStock variantId={variant.id} slug={product.slug} />
          </div>
        </>
      ) : (
        <div class="buy-row scripted">
          <Quantity quantity={chosen} most={most} change={setQuantity} name={title} />
          <button type="button" class="button" onClick={add}>
            {texts.product.add}
          </button>
        </div>
      )}
      {chosen === most && most < mostOf(left) && (
        <p class="hint" role="status">
          {texts.product.atMost(most)}
        </p>
      )}
      <noscript>
        <p class="hint">{texts.product.withoutScript}</p>
      </noscript>
    </div>
  )
}

type VariantsProps = Readonly<{ product: Product; chosen: Variant; choose: (id: string) => void }>

function Variants({ product, chosen, choose }: VariantsProps): VNode {
  const { formats, texts } = useShop()
  return (
    <fieldset class="variants">
      <legend>{texts.product.choose}</legend>
      {product.variants.map(({ id, title, price, currency, stock_quantity }) => (
        <label key={id} class={stock_quantity !== null && stock_quantity <= 0 ? 'variant gone' : 'variant'}>
          <input type="radio" name="variant" value={id} checked={id === chosen.id} onChange={() => choose(id)} />
          <span>
            <b>{title}</b>
            <small>{formats.money(price, currency)}</small>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

function Components({ variant: { components } }: Readonly<{ variant: Variant }>): VNode {
  const { texts } = useShop()
  const hasSubstitutes = components?.some(({ substitute_ids }) => substitute_ids.length > 0) ?? false
  return (
    <section class="components" aria-labelledby="components">
      <h2 id="components">{texts.product.contents}</h2>
      <ul>
        {components?.map(({ variant_id, name, title, quantity }) => (
          <li key={variant_id}>
            <span>{title === '' ? name : `${name}, ${title}`}</span>
            <b>× {quantity}</b>
          </li>
        ))}
      </ul>
      {hasSubstitutes && <p class="hint">{texts.product.substitute}</p>}
    </section>
  )
}

function ProductSkeleton(): VNode {
  const { texts } = useShop()
  return (
    <div class="wrap product-page" role="status" aria-label={texts.ui.loading}>
      <div class="product skeleton" aria-hidden="true">
        <div class="product-picture">
          <div class="picture" />
        </div>
        <div class="product-text">
          <span class="bar tall" />
          <span class="bar" />
          <span class="bar" />
          <span class="bar short" />
        </div>
      </div>
    </div>
  )
}

export const productPage = route<LoadedProduct>({
  path: '/product/:slug',
  isIndexed: true,
  load: loadProduct,
  Page: ProductPage,
  head: productHead,
})
