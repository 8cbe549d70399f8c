import type { Module } from '#platform/module'
import type { Clock } from '#platform/values'
import { bindTopic } from './bind-topic/bind-topic.ts'
import { bindTopicRoute } from './bind-topic/route.ts'
import { changeFaq } from './change-faq/change-faq.ts'
import { changeFaqRoute } from './change-faq/route.ts'
import { createFaq } from './create-faq/create-faq.ts'
import { createFaqRoute } from './create-faq/route.ts'
import { deleteFaq } from './delete-faq/delete-faq.ts'
import { deleteFaqRoute } from './delete-faq/route.ts'
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
      createFaqRoute({ createFaq: createFaq(needs) }),
      changeFaqRoute({ changeFaq: changeFaq(needs) }),
      deleteFaqRoute({ deleteFaq: deleteFaq(db) }),
    ],
  }
}
