import { staff } from '../../../e2e/open-shop.ts'
import { api, idOf, type Story } from './story.ts'

const faq = `${api}/admin/faq`
const topics = `${api}/internal/support-topics`

/** Staff write an answer to a frequent question; the bot binds a customer to a thread. */
export const questions: Story = async ({ step }) => {
  const as = staff
  const body = { locale: 'ru', title: 'Как хранить чай?', answer: 'В сухом месте.' }
  const id = idOf(await step('staff', `POST ${faq}`, { as, body }))
  await step('staff', `POST ${faq}`, { as, body: { ...body, id, title: 'Чем?' }, refused: 409 })
  await step('staff', `PATCH ${faq}/{id}`, { as, path: { id }, body: { answer: 'В тёмном месте.' } })
  await step('staff', `GET ${faq}`, { as })
  await step('guest', `GET ${api}/support/faq`)
  await step('staff', `DELETE ${faq}/{id}`, { as, path: { id } })
  await step('staff', `DELETE ${faq}/{id}`, { as, path: { id }, refused: 404 })

  const topic = { user_telegram_id: 700_000_001, admin_chat_id: -100_200, thread_id: 12 }
  await step('staff', `POST ${topics}/ensure`, { as, body: topic })
  await step('staff', `POST ${topics}/ensure`, { as, body: { ...topic, thread_id: 13 }, refused: 409 })
  const user_telegram_id = String(topic.user_telegram_id)
  await step('staff', `GET ${topics}/by-telegram/{user_telegram_id}`, { as, path: { user_telegram_id } })
  const thread = { admin_chat_id: String(topic.admin_chat_id), thread_id: String(topic.thread_id) }
  await step('staff', `GET ${topics}/by-thread`, { as, query: thread })
}
