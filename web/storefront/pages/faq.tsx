import type { VNode } from 'preact'
import { bodyOf, type Schemas } from '../api/client.ts'
import { Contacts } from '../parts/footer.tsx'
import { route, type PageProps } from '../router/route.ts'
import { useShop } from '../shop.ts'

type Loaded = Readonly<{ entries: readonly Schemas['FaqEntry'][] }>

/** The answers of the shop to questions that many buyers ask. They open without JavaScript too. */
function FaqPage({ loaded }: PageProps<Loaded>): VNode {
  const { texts } = useShop()
  return (
    <div class="wrap faq">
      <h1 class="page-title">{texts.faq.title}</h1>
      {!loaded && <p role="status">{texts.ui.loading}</p>}
      {loaded?.entries.length === 0 && <p class="lead">{texts.faq.empty}</p>}
      {loaded?.entries.map(({ id, title, answer }) => (
        <details class="question" key={id}>
          <summary>{title}</summary>
          <p>{answer}</p>
        </details>
      ))}
      <section aria-labelledby="ask">
        <h2 id="ask">{texts.faq.ask}</h2>
        <Contacts />
      </section>
    </div>
  )
}

export const faqPage = route<Loaded>({
  path: '/faq',
  isIndexed: true,
  isFresh: true,
  load: async ({ api }) => {
    const { items } = await bodyOf(api.GET('/api/v1/support/faq', { params: { query: { page_size: 100 } } }))
    return { entries: items }
  },
  Page: FaqPage,
  head: ({ shop: { facts, texts }, loaded }) => ({
    title: `${texts.faq.title} — ${facts.name}`,
    description: texts.faq.description(facts.name),
    structured:
      loaded && loaded.entries.length > 0
        ? [
            {
              '@type': 'FAQPage',
              mainEntity: loaded.entries.map(({ title, answer }) => ({
                '@type': 'Question' as const,
                name: title,
                acceptedAnswer: { '@type': 'Answer' as const, text: answer },
              })),
            },
          ]
        : [],
  }),
})
