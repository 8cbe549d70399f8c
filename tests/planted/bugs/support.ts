import type { Bug } from '../bug.ts'

const support = (file: string) => `modules/support/${file}`
const topics = support('bind-topic/bind-topic.test.ts')
const questions = support('faq.test.ts')

/** Bugs of the threads of customers and of the frequent questions. */
export const supportBugs: readonly Bug[] = [
  {
    description: 'a customer who has one thread gets the answer of another one',
    requirement: 'SUP-1',
    file: support('bind-topic/bind-topic.ts'),
    text: "      .where('thread_id', '=', input.thread_id)\n",
    replacement: '',
    caughtBy: topics,
  },
  {
    description: 'a request that comes second for a thread fails',
    requirement: 'SUP-1',
    file: support('bind-topic/bind-topic.ts'),
    text: '      .onConflict((conflict) => conflict.doNothing())\n',
    replacement: '',
    caughtBy: topics,
  },
  {
    description: 'readers see questions in languages that they do not read',
    requirement: 'SUP-1',
    file: support('list-faq/query.ts'),
    text: ".$if(locale !== undefined, (query) => query.where('locale', '=', locale!))",
    replacement: ".$if(locale !== undefined, (query) => query.where('locale', 'is not', null))",
    caughtBy: questions,
  },
  {
    description: 'the order of the questions that staff chose has no effect',
    requirement: 'SUP-1',
    file: support('list-faq/query.ts'),
    text: "        .orderBy('position')\n",
    replacement: '',
    caughtBy: questions,
  },
  {
    description: 'a second question under one id answers with the first one',
    requirement: 'SUP-1',
    file: support('create-faq/create-faq.ts'),
    text: 'return existing && isSame(existing, entry)',
    replacement: 'return existing',
    caughtBy: questions,
  },
]
