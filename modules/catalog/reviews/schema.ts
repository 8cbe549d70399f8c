import { Type, type Static } from 'typebox'
import {
  Closed,
  Id,
  MultilineText,
  Moment,
  named,
  Nullable,
  OneOf,
  Page,
  type Shape,
  Text,
  Time,
} from '#platform/schema'

/** Reviews that buyers write in this shop. */
export const ownPlatform = 'shop'

export const reviewStatuses = ['pending', 'published', 'rejected'] as const
export const ReviewStatus = OneOf(reviewStatuses)
export type ReviewStatus = Static<typeof ReviewStatus>

const Platform = Type.String({
  minLength: 1,
  maxLength: 40,
  pattern: '^[a-z][a-z0-9_-]*$',
  description: 'yandex, google, telegram, avito … or shop for reviews by the buyers of this shop',
})

/** The rating as stars. */
const Rating = Type.Integer({ minimum: 1, maximum: 5 })

const Url = Type.String({ maxLength: 2000, pattern: '^https?://[^\\s\\u0000]+$' })
const Author = Text(100)
const ReviewText = MultilineText(5000)

const average = Nullable(Type.Number({ description: 'From 1 to 5, with two decimals; null without reviews' }))
const summary = { count: Type.Integer({ minimum: 0 }), average }

export const ReviewSummary = named(
  'ReviewSummary',
  Type.Object({ ...summary, platforms: Type.Array(Type.Object({ platform: Type.String(), ...summary })) }),
)
export type ReviewSummary = Static<typeof ReviewSummary>

const shown = {
  id: Id,
  product_id: Nullable(Id),
  platform: Type.String(),
  author: Nullable(Type.String()),
  rating: Rating,
  text: Type.String(),
  url: Nullable(Type.String()),
  reviewed_at: Time,
}

const ReviewView = named(
  'Review',
  Type.Object({
    ...shown,
    is_verified: Type.Boolean({ description: 'A buyer who has received the product wrote it here' }),
  }),
)

export const Reviews = named('ReviewsPage', Type.Object({ ...Page(ReviewView).properties, summary: ReviewSummary }))

export const AdminReview = named(
  'AdminReview',
  Type.Object({
    ...shown,
    external_id: Nullable(Type.String()),
    user_id: Nullable(Id),
    order_id: Nullable(Id),
    status: ReviewStatus,
    reason: Nullable(Type.String()),
    version: Type.Integer(),
    created_at: Time,
    updated_at: Time,
  }),
)

export const MyReview = named(
  'MyReview',
  Type.Object({
    id: Id,
    product_id: Id,
    author: Nullable(Type.String()),
    rating: Rating,
    text: Type.String(),
    status: ReviewStatus,
    reason: Nullable(Type.String({ description: 'Why staff rejected the review' })),
    updated_at: Time,
  }),
)

export const WriteReviewBody = named(
  'WriteReviewBody',
  Closed({
    rating: Rating,
    text: Type.Optional(ReviewText),
    author: Type.Optional(Nullable(Text(60, { minLength: 1, description: 'The name that readers see' }))),
  }),
)
export type WriteReviewBody = Shape<typeof WriteReviewBody>

const external = {
  product_id: Type.Optional(Nullable(Id)),
  external_id: Type.Optional(Nullable(Text(200, { minLength: 1 }))),
  author: Type.Optional(Nullable(Author)),
  text: Type.Optional(ReviewText),
  url: Type.Optional(Nullable(Url)),
}

export const CreateReviewBody = named(
  'CreateReviewBody',
  Closed({ id: Type.Optional(Id), platform: Platform, rating: Rating, reviewed_at: Moment, ...external }),
)
export type CreateReviewBody = Shape<typeof CreateReviewBody>

export const ChangeReviewBody = named(
  'ChangeReviewBody',
  Type.Partial(Closed({ platform: Platform, rating: Rating, reviewed_at: Moment, ...external }), {
    additionalProperties: false,
    minProperties: 1,
  }),
)
export type ChangeReviewBody = Shape<typeof ChangeReviewBody>

export const ModerateReviewBody = named(
  'ModerateReviewBody',
  Closed({
    status: ReviewStatus,
    version: Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      description: 'The version of the review that you have read',
    }),
    reason: Type.Optional(
      Nullable(Text(500, { minLength: 1, description: 'Why the review is rejected; its author sees this' })),
    ),
  }),
)
export type ModerateReviewBody = Shape<typeof ModerateReviewBody>

export const ImportSummary = named(
  'ReviewImportSummary',
  Type.Object({
    lines: Type.Integer(),
    created: Type.Integer(),
    changed: Type.Integer(),
    unchanged: Type.Integer(),
    failed: Type.Integer(),
    errors: Type.Array(Type.Object({ line: Type.Integer(), column: Nullable(Type.String()), reason: Type.String() }), {
      description: 'The first hundred wrong lines',
    }),
  }),
)

export const reviewFilter = { platform: Type.Optional(Platform) }
export const adminReviewFilter = {
  ...reviewFilter,
  status: Type.Optional(ReviewStatus),
  product_id: Type.Optional(Id),
}

/** The columns of a file of reviews. */
export const ReviewLine = Type.Object({
  platform: Platform,
  rating: Rating,
  reviewed_at: Moment,
  product: Type.Optional(Text(100)),
  external_id: Type.Optional(Text(200)),
  author: Type.Optional(Author),
  text: Type.Optional(ReviewText),
  url: Type.Optional(Url),
})
export type ReviewLine = Static<typeof ReviewLine>
