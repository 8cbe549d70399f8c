import type { Module } from '#platform/module'
import type { Clock } from '#platform/values'
import { bindTopic } from './bind-topic/bind-topic.ts'
import { bindTopicRoute } from './bind-topic/route.ts'
import { changeFaq, createFaq, deleteFaq } from './edit-faq/edit-faq.ts'
import { editFaqRoutes } from './edit-faq/route.ts'
import { findTopic } from './find-topic/query.ts'
import { findTopicRoutes } from './find-topic/route.ts'
import { listFaq } from './list-faq/query.ts'
import { listFaqRoutes } from './list-faq/route.ts'
import type { SupportDb } from './store.ts'

/** Threads of customers in the chat of the staff, and answers to questions that many customers ask. */
export function support(needs: Readonly<{ db: SupportDb; now: Clock }>): Module<{}> {
  const { db } = needs
  return {
    name: 'support',
    description: 'Support topics and frequent questions.',
    api: {},
    routes: [
      bindTopicRoute({ bindTopic: bindTopic(needs) }),
      findTopicRoutes({ findTopic: findTopic(db) }),
      listFaqRoutes({ listFaq: listFaq(db) }),
      editFaqRoutes({ createFaq: createFaq(needs), changeFaq: changeFaq(needs), deleteFaq: deleteFaq(needs) }),
    ],
  }
}
