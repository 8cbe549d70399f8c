import { Type, type Static } from 'typebox'
import { Closed, Id, MultilineText, named, OneOf, type Shape, Text, Time } from '#platform/schema'
import { locales } from '#platform/values'

const Locale = OneOf(locales)

/** Ids of Telegram have at most 52 significant bits, so that a number holds them exactly. */
const UserId = Type.Integer({ minimum: 1, maximum: 4_503_599_627_370_495 })
const ChatId = Type.Integer({ minimum: -4_503_599_627_370_495, maximum: 4_503_599_627_370_495 })
const ThreadId = Type.Integer({ minimum: 1, maximum: 4_503_599_627_370_495 })

const topic = { user_telegram_id: UserId, admin_chat_id: ChatId, thread_id: ThreadId }

export const EnsureTopicBody = named('EnsureTopicBody', Closed(topic))
export type EnsureTopicBody = Shape<typeof EnsureTopicBody>

export const SupportTopic = named('SupportTopic', Type.Object({ ...topic, created_at: Time }))

export const TelegramParams = Type.Object({ user_telegram_id: UserId })
export const ThreadQuery = Closed({ admin_chat_id: ChatId, thread_id: ThreadId })

const faq = {
  locale: Locale,
  title: Text(300, { minLength: 1 }),
  answer: MultilineText(5000, { minLength: 1 }),
  position: Type.Integer({ minimum: 0, maximum: 10_000, description: 'The position in the list' }),
}

export const FaqEntry = named('FaqEntry', Type.Object({ id: Id, ...faq }))
export type FaqEntry = Static<typeof FaqEntry>

export const AdminFaqEntry = named(
  'AdminFaqEntry',
  Type.Object({ ...FaqEntry.properties, created_at: Time, updated_at: Time }),
)

export const faqFilter = { locale: Type.Optional(Locale) }

export const CreateFaqBody = named(
  'CreateFaqBody',
  Closed({ id: Type.Optional(Id), ...faq, position: Type.Optional(faq.position) }),
)
export type CreateFaqBody = Shape<typeof CreateFaqBody>

export const ChangeFaqBody = named(
  'ChangeFaqBody',
  Type.Partial(Closed(faq), { additionalProperties: false, minProperties: 1 }),
)
export type ChangeFaqBody = Shape<typeof ChangeFaqBody>
