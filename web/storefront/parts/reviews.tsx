import type { VNode } from 'preact'
import type { Schemas } from '../api/client.ts'
import { sessionStore } from '../session/session-store.ts'
import { useShop } from '../shop.ts'
import { useStore } from '../store.ts'
import { ReviewForm } from './review-form.tsx'

type Review = Schemas['Review']
type Props = Readonly<{ product: Schemas['Product']; reviews: readonly Review[] }>

/** Shows the newest reviews of a product, a link to the others, and a form to readers who are signed in. */
export function Reviews({ product, reviews }: Props): VNode | null {
  const { formats, href, texts } = useShop()
  const session = useStore(sessionStore)
  const { count, average } = product.reviews
  if (count === 0 && !session) return null
  return (
    <section class="reviews" aria-labelledby="reviews">
      <div class="strip-head">
        <h2 id="reviews">{texts.product.reviews}</h2>
        {count > 0 && average !== null && (
          <p>
            {texts.review.average(formats.number(average))} · {texts.product.reviewsOf(count)}
          </p>
        )}
        {count > reviews.length && <a href={href(`/product/${product.slug}/reviews`)}>{texts.review.all}</a>}
      </div>
      <ReviewCards reviews={reviews} />
      {session && <ReviewForm productId={product.id} />}
    </section>
  )
}

export const ReviewCards = ({ reviews }: Pick<Props, 'reviews'>): VNode => (
  <ul class="review-cards">
    {reviews.map((review) => (
      <Shown key={review.id} review={review} />
    ))}
  </ul>
)

function Shown({ review }: Readonly<{ review: Review }>): VNode {
  const { formats, texts } = useShop()
  const { author, rating, text, reviewed_at, platform, url, is_verified } = review
  const from = is_verified ? texts.review.verified : platform
  return (
    <li class="review">
      <Stars rating={rating} />
      {text !== '' && <p>{text}</p>}
      <p class="hint">
        {[author, formats.date(reviewed_at)].filter(Boolean).join(', ')},{' '}
        {url === null ? (
          from
        ) : (
          <a href={url} rel="nofollow noopener">
            {from}
          </a>
        )}
      </p>
    </li>
  )
}

function Stars({ rating }: Readonly<{ rating: number }>): VNode {
  const { texts } = useShop()
  return (
    <p class="stars" role="img" aria-label={texts.review.stars(rating)}>
      {'★'.repeat(rating)}
      <span>{'★'.repeat(5 - rating)}</span>
    </p>
  )
}
